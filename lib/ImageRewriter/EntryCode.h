//===- EntryCode.h - the code that redirected slots lead to -----*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_ENTRYCODE_H
#define OBJPRELINK_IMAGEREWRITER_ENTRYCODE_H

#include "ImageRewriter/ImagePlan.h"

namespace objprelink {

/// Where the code and what it refers to are; the size of the code does not
/// depend on it.
struct EntryAddresses {
  uint64_t code = 0;
  uint64_t got = 0;   ///< DT_PLTGOT
  uint64_t words = 0; ///< those of ImagePlan::lazyWords that do not stay
  /// The index in DT_JMPREL of the relocation of the first of these.
  uint32_t firstIndex = 0;

  uint64_t of(const LazyWord &word, unsigned wordSize) const {
    return word.stays ? word.place : words + word.position * wordSize;
  }
};

struct EntryCode {
  ImageCode code;
  /// What the slots of each of ImagePlan::functions get.
  std::vector<uint64_t> functions;
  /// What each of ImagePlan::lazyWords holds until it is bound.
  std::vector<uint64_t> tails;
};

EntryCode makeEntryCode(const ImagePlan &plan, const EntryAddresses &at);

} // namespace objprelink

#endif
