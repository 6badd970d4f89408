#ifndef OBJPRELINK_IMAGEVERIFIER_VERIFYOLDSECTIONS_H
#define OBJPRELINK_IMAGEVERIFIER_VERIFYOLDSECTIONS_H

#include "ImageVerifier/Comparison.h"

namespace objprelink {

/// Whether a section that NEW has more has the form of a table that OLD had.
bool isShadow(const Comparison &c, uint32_t number);

/// The section of NEW with the old section headers, if it has one, and shadows.
/// \p indexAfter has the index in NEW of each section of OLD,
/// \p isOld says of each section of NEW whether it is one of these.
llvm::Error checkOldSections(const Comparison &c,
                             llvm::ArrayRef<uint32_t> indexAfter,
                             const std::vector<bool> &isOld);

} // namespace objprelink

#endif
