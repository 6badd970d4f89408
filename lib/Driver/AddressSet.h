//===- AddressSet.h - addresses for images that load together ---*- C++ -*-===//

#ifndef OBJPRELINK_DRIVER_ADDRESSSET_H
#define OBJPRELINK_DRIVER_ADDRESSSET_H

#include "Driver/LoadTable.h"
#include "Support/Config.h"
#include "Target/Machine.h"
#include "llvm/Support/Error.h"

namespace objprelink {

struct SetRequest {
  /// What is rewritten: none of them twice.
  std::vector<std::string> files;
  /// Programs at fixed addresses, which are there for what they load.
  std::vector<std::string> others;
  /// Those of the files that the user calls plugins.
  std::vector<std::string> plugins;
  /// The folder of tables beside which it is recorded what the set's programs
  /// were seen to open, if that counts; "recorded" is the user's own.
  std::string pluginsFrom;
  /// Whether images that have an address get another one.
  bool redraws = false;
};

/// What becomes of one file of a set.
struct SetMember {
  /// Where it is to be; none where it is no image, can have no address, or
  /// stays where it is.
  std::optional<uint64_t> base;
  /// Why an image has none.
  std::string reason;
};

struct AddressSet {
  /// One for each file.
  std::vector<SetMember> members;
  /// The table of who may be loaded with whom, with their addresses: a line
  /// for each file.
  std::vector<std::string> lines;
};

/// Where an image is, or is to be.
struct AddressClaim {
  size_t file = 0; ///< of the table
  const Machine *machine = nullptr;
  uint64_t begin = 0, end = 0;
  /// It was there before this run.
  bool isOld = false;
};

/// Refuses claims of which two overlap, if both files may be loaded together.
llvm::Error checkClaims(const LoadTable &table,
                        llvm::ArrayRef<AddressClaim> claims);

/// Addresses for the images of \p request, for the rewrite that is asked for.
/// No two that may be loaded together share a page, and where there is room for
/// all, no two do. Images that have addresses already, and keep them, count. An
/// error where two of these cannot both be where they are.
llvm::Expected<AddressSet> planAddresses(const SetRequest &request,
                                         const RewriteConfig &config);

} // namespace objprelink

#endif
