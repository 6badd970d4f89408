//===- RewriteArchive.h - the object pass over an archive -------*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_REWRITEARCHIVE_H
#define OBJPRELINK_OBJECTREWRITER_REWRITEARCHIVE_H

#include "Archive/Archive.h"
#include "ObjectRewriter/RewriteObject.h"
#include "Support/Copies.h"
#include <optional>

namespace objprelink {

/// A rewritten archive and what it takes to verify it.
struct RewrittenArchive {
  /// Nothing where no member changes.
  std::optional<Extents> contents;
  Archive before;
  /// What became of each member; nothing of their contents, which are part of
  /// the archive's.
  std::vector<RewrittenObject> members;
};

/// Rewrites the objects in the archive in \p bytes. Members that are no ELF
/// objects of a supported machine stay as they are; a damaged or refused one
/// refuses the archive. Members are worked on in parallel.
llvm::Expected<RewrittenArchive>
rewriteArchive(Bytes bytes, const Config &config, Diagnostics &diagnostics);

/// Reads \p after and proves that it is \p archive.before with its members
/// rewritten, as verifyObject does for each of them.
llvm::Error verifyArchive(const RewrittenArchive &archive, Bytes after,
                          const Copies &copies, const Config &config);

} // namespace objprelink

#endif
