//===- Rewritten.h - what a rewrite hands to its verifier -------*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_REWRITTEN_H
#define OBJPRELINK_OBJECTREWRITER_REWRITTEN_H

#include "Archive/Archive.h"
#include "ELF/Object.h"
#include <optional>
#include <string>

namespace objprelink {

/// A rewritten object. Where no slot is redirected nothing is to be done and
/// the rest is empty.
struct RewrittenObject {
  unsigned redirectedSlots = 0;
  Extents contents;
  Object before;
  /// Why slots that could be redirected are not.
  std::string reason;
};

/// A rewritten archive and what it takes to verify it.
struct RewrittenArchive {
  /// Nothing where no member changes.
  std::optional<Extents> contents;
  Archive before;
  /// What became of each member; nothing of their contents, which are part of
  /// the archive's.
  std::vector<RewrittenObject> members;
};

} // namespace objprelink

#endif
