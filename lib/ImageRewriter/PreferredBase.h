//===- PreferredBase.h - an address for an image ----------------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_PREFERREDBASE_H
#define OBJPRELINK_IMAGEREWRITER_PREFERREDBASE_H

#include "ELF/Image.h"
#include "Support/Config.h"
#include "Target/Machine.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// What an address for an image of \p segments must be a multiple of: the
/// largest alignment of what is loaded, and of thread-local variables, whose
/// place in it their addresses say (glibc, l_tls_firstbyte_offset).
uint64_t addressUnit(llvm::ArrayRef<Segment> segments);

/// The address for the page of the first segment of \p image: the one that is
/// asked for, if it can be, or one that the image's name, its build-id and the
/// seed give.
llvm::Expected<uint64_t> preferredBase(const Image &image,
                                       const Machine &machine,
                                       const ImageConfig &config);

/// The same for an image with \p name that is not there yet.
uint64_t preferredBase(llvm::StringRef name, const Machine &machine);

} // namespace objprelink

#endif
