//===- Unshift.h - an image that asks for no address ------------*- C++ -*-===//
//
// Of an image that asks for an address, what it would be if it asked for none:
// all its addresses are smaller by one number, and each word that is relocated
// by the image's own code is one of DT_RELR. The rest of the verifier compares
// that with the old image, and so proves that nothing else has changed.
//
// What that code does is proven here. It adds to each word of its table how far
// the image is from where it asks to be: nothing there, so that the word is
// what the file has; elsewhere the word is what ld.so would have made of it, if
// the file has the same word less the address that is asked for, as DT_RELR has
// it. The comparison proves that.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEVERIFIER_UNSHIFT_H
#define OBJPRELINK_IMAGEVERIFIER_UNSHIFT_H

#include "ELF/Image.h"
#include "Target/Decoder.h"
#include "Target/Machine.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace objprelink {

struct UnshiftedImage {
  ByteVector bytes;
  /// Refers to them.
  Image image;
};

/// \p after as it would be with the addresses of \p before. Refuses what would
/// not be relocated like that at all addresses.
llvm::Expected<std::unique_ptr<UnshiftedImage>> unshift(const Image &before,
                                                        const Image &after,
                                                        const Machine &machine,
                                                        const Decoder &decoder);

} // namespace objprelink

#endif
