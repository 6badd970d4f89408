//===- VerifyLinks.h - prove that two links are the same --------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEVERIFIER_VERIFYLINKS_H
#define OBJPRELINK_IMAGEVERIFIER_VERIFYLINKS_H

#include "ELF/Image.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// An error if \p roomy is not what a linker made of the same inputs as \p
/// plain: it may have more entries in its PLT and GOT, and the room of a note.
/// Addresses may be others, and nothing else.
llvm::Error verifyLinks(const Image &plain, const Image &roomy);

/// The same where \p after is a rewrite of such an image: slots may lead to
/// entries, and each of them is proven to be right.
llvm::Error verifyRewrittenLink(const Image &plain, const Image &after);

} // namespace objprelink

#endif
