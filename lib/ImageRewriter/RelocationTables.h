//===- RelocationTables.h - the relocations of the result -------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_RELOCATIONTABLES_H
#define OBJPRELINK_IMAGEREWRITER_RELOCATIONTABLES_H

#include "ImageRewriter/EntryCode.h"

namespace objprelink {

struct RelocationTables {
  /// DT_RELA or DT_REL: first relativeCount of type RELATIVE, by place, if the
  /// image tells their number.
  std::vector<Relocation> main;
  uint64_t relativeCount = 0;
  /// DT_JMPREL.
  std::vector<Relocation> plt;
  /// DT_RELR, decoded.
  std::vector<uint64_t> relr;
  /// Words whose values are in the memory that is relocated: the addends of
  /// REL and RELR.
  std::vector<std::pair<uint64_t, uint64_t>> addends;
};

/// Which RELATIVE relocations go into DT_RELR.
enum class Packing : uint8_t {
  None,
  /// Those of redirected slots, with what is there already: readers take the
  /// mixture for a mistake (BOLT has no addends for a part of it).
  New,
  All,
};

/// The relocations of \p image after \p plan, with the addresses of \p code.
/// \p words is where the lazy words are.
RelocationTables makeRelocationTables(const Image &image, const ImagePlan &plan,
                                      const EntryCode &code, uint64_t words,
                                      Packing packing);

} // namespace objprelink

#endif
