//===- CheckClaims.cpp - no two that meet are in one place ----------------===//
//
// This asks of addresses, whoever chose them, what AddressSet.cpp plans for. It
// sees the claims in order and each one that is not over yet, and knows nothing
// of rooms, gaps and orders.
//
//===----------------------------------------------------------------------===//

#include "Driver/AddressSet.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

static Error refuse(const LoadTable &table, const AddressClaim &a,
                    const AddressClaim &b) {
  const auto name = [&](const AddressClaim &claim) {
    return formatv("{0} at {1:x} to {2:x}", table.files()[claim.file].path,
                   claim.begin, claim.end);
  };
  if (a.isOld && b.isOld)
    return error("{0} and {1} overlap, and they may be loaded together "
                 "(--random-base gives the set other addresses)",
                 name(a), name(b));
  return error("internal error: {0} and {1} would overlap, and they may be "
               "loaded together",
               name(a), name(b));
}

Error checkClaims(const LoadTable &table, ArrayRef<AddressClaim> claims) {
  std::vector<AddressClaim> sorted(claims.begin(), claims.end());
  llvm::stable_sort(sorted, [](const AddressClaim &a, const AddressClaim &b) {
    return a.begin < b.begin;
  });
  std::vector<AddressClaim> open;
  for (const AddressClaim &claim : sorted) {
    if (claim.begin >= claim.end)
      continue;
    erase_if(open, [&](const AddressClaim &other) {
      return other.end <= claim.begin;
    });
    for (const AddressClaim &other : open)
      // Processes are of one machine.
      if (other.machine == claim.machine &&
          table.areTogether(other.file, claim.file))
        return refuse(table, other, claim);
    open.push_back(claim);
  }
  return Error::success();
}

} // namespace objprelink
