//===- PackRelr.h - what DT_RELR asks of an image's versions ----*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_PACKRELR_H
#define OBJPRELINK_IMAGEREWRITER_PACKRELR_H

#include "ELF/Image.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// The version by which a libc says that it knows DT_RELR (glibc 2.36,
/// sysdeps/unix/sysv/linux; binutils and lld add it to what they pack).
inline constexpr llvm::StringLiteral kRelrVersion = "GLIBC_ABI_DT_RELR";

/// Whether \p image needs kRelrVersion already.
bool needsRelrVersion(const Image &image);

/// DT_VERNEED's table of \p image with the need of kRelrVersion added to those
/// of libc.so.6; \p name is where that string is in DT_STRTAB. Refuses images
/// that do not say which libc they are for: one that does not know DT_RELR
/// would leave all words unrelocated.
llvm::Expected<ByteVector> addRelrVersion(const Image &image, uint64_t name);

} // namespace objprelink

#endif
