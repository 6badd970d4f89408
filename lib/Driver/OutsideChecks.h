//===- OutsideChecks.h - checksums of a file beside it ----------*- C++ -*-===//

#ifndef OBJPRELINK_DRIVER_OUTSIDECHECKS_H
#define OBJPRELINK_DRIVER_OUTSIDECHECKS_H

#include "ELF/Image.h"
#include "Support/InputFile.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Refuses an image whose checksum or signature is in a file beside it, or in
/// an attribute of its file, for programs that check it when they load it: NSS,
/// libgcrypt, GnuTLS, fipscheck and libkcapi, the kernel's IMA. \p target is
/// the output's name, or empty.
llvm::Error checkOutsideChecks(const InputFile &input, const Image &image,
                               llvm::StringRef target);

} // namespace objprelink

#endif
