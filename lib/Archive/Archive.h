//===- Archive.h - ar(5) files, kept as they are ----------------*- C++ -*-===//
//
// A rewrite changes the contents and sizes of some members and nothing else:
// order, headers, long names, the symbol index and its kind stay, and only the
// offsets in the index move. llvm::writeArchive is not used because it makes
// all of these anew in its own way: other contents of the index, normalised
// headers, and a parse of every member.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_ARCHIVE_ARCHIVE_H
#define OBJPRELINK_ARCHIVE_ARCHIVE_H

#include "Support/Extents.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace objprelink {

/// The layout of ar(5): a magic string, then members, each with a header (name
/// 16, date 12, uid 6, gid 6, mode 8, size 10, terminator 2) at an even offset.
struct ArchiveLayout {
  static constexpr uint64_t magicSize = 8;
  static constexpr uint64_t headerSize = 60;
  static constexpr uint64_t nameWidth = 16;
  static constexpr uint64_t sizeField = 48;
  static constexpr uint64_t sizeWidth = 10;
};

enum class MemberKind : uint8_t {
  File,          ///< what the archive is for
  SymbolIndex,   ///< GNU "/": 32-bit big-endian offsets
  SymbolIndex64, ///< GNU "/SYM64/": 64-bit big-endian offsets
  LongNames,     ///< GNU "//"
};

struct Member {
  MemberKind kind = MemberKind::File;
  /// For messages; for a thin archive the path relative to its folder.
  std::string name;
  uint64_t headerOffset = 0;
  /// What stands before the contents: the header and, in BSD archives, the
  /// name that "#1/N" announces.
  uint64_t contentsOffset = 0;
  /// Of the contents, or of the member's file in a thin archive.
  uint64_t size = 0;
};

struct Archive {
  Bytes bytes;
  bool thin = false;
  std::vector<Member> members;

  Bytes contents(const Member &member) const {
    return bytes.slice(member.contentsOffset, member.size);
  }
};

/// Reads the archive in \p bytes, any bytes. BSD symbol indices (__.SYMDEF) are
/// refused: nothing on Linux makes them.
llvm::Expected<Archive> readArchive(Bytes bytes);

/// What a member becomes.
struct MemberEdit {
  uint32_t member = 0;
  /// The new contents; not used for thin archives, where only the size counts.
  Extents contents;
  uint64_t size = 0;
};

/// Writes \p archive with \p edits (in rising order of members) made.
llvm::Expected<Extents> writeArchive(const Archive &archive,
                                     std::vector<MemberEdit> edits);

} // namespace objprelink

#endif
