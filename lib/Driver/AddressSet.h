//===- AddressSet.h - addresses for images that load together ---*- C++ -*-===//

#ifndef OBJPRELINK_DRIVER_ADDRESSSET_H
#define OBJPRELINK_DRIVER_ADDRESSSET_H

#include "Support/Config.h"
#include "llvm/ADT/ArrayRef.h"

namespace objprelink {

/// What becomes of one file of a set.
struct SetMember {
  /// Where it is to be; none where it is no image or can have no address.
  std::optional<uint64_t> base;
  /// Why an image has none.
  std::string reason;
};

/// Addresses for the images among \p files, no two of which share a page, for
/// the rewrite that is asked for: one for each file.
std::vector<SetMember> addressesOf(llvm::ArrayRef<std::string> files,
                                   const RewriteConfig &config);

} // namespace objprelink

#endif
