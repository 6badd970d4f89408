//===- LinkParts.h - the parts of verifyLinks -------------------*- C++ -*-===//
//
// Each part proves one thing of two links whose sections, words and entries are
// matched. A field is looked at where the format says what it is, whether it
// differs or not: one that is equal and leads to what has moved is as wrong as
// one that differs and leads elsewhere. Only VerifyLinks.cpp and the parts
// include this.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEVERIFIER_LINKPARTS_H
#define OBJPRELINK_IMAGEVERIFIER_LINKPARTS_H

#include "ImageVerifier/LinkAddresses.h"

namespace objprelink {

struct LinkPair {
  const Image &plain;
  const Image &now;
  const Machine &machine;
  const LinkAddresses &addresses;
};

/// The ELF header, the program headers, what section headers refer to, and the
/// dynamic table.
llvm::Error compareHeaders(const LinkPair &links);
llvm::Error compareDynamic(const LinkPair &links);

/// .eh_frame, .eh_frame_hdr and .gcc_except_table. Returns the ranges of
/// functions in the plain image, by address.
llvm::Expected<std::vector<AddressRange>>
compareUnwinding(const LinkPair &links);

/// The distances of instructions that are equal in both. \p functions tell
/// where instructions begin.
llvm::Error compareCode(const LinkPair &links, const Decoder &decoder,
                        llvm::ArrayRef<AddressRange> functions);

} // namespace objprelink

#endif
