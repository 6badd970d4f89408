//===- Reasons.h - why an image is not rewritten ----------------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_REASONS_H
#define OBJPRELINK_IMAGEREWRITER_REASONS_H

#include "ImageEdit/MachineCode.h"
#include "ImageRewriter/Decisions.h"

namespace objprelink {

/// Why nothing would be gained, or nothing.
std::string nothingToDo(const Image &image, const Decisions &decisions,
                        const ImageConfig &config);

/// Why slots must stay, because code looks at the target of a call, or nothing.
llvm::Expected<std::string> whyKeptBack(const Image &image);

/// Refuses what no rewrite can be right for.
llvm::Error checkRewritable(const Image &image, const MachineCode &machine,
                            const ImageConfig &config);

} // namespace objprelink

#endif
