//===- RewriteNote.h - what a rewritten image says of itself ----*- C++ -*-===//
//
// An allocated ELF note, owner "objprelink", whose descriptor is a JSON object:
// it survives strip, readelf -n shows it, and a program can read it in memory.
// It says what was done and carries a hash of the new contents, because the
// build-id stays that of the old ones, whose debug symbols still fit.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_ELF_REWRITENOTE_H
#define OBJPRELINK_ELF_REWRITENOTE_H

#include "ELF/Image.h"
#include "Support/Config.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// The options that a note may name; only those in effect are there.
namespace noteoption {
inline constexpr llvm::StringLiteral kOverrideBindNow = "override-bind-now";
inline constexpr llvm::StringLiteral kLazyAll = "lazy=all";
inline constexpr llvm::StringLiteral kAbsolutePlt = "plt=absolute";
inline constexpr llvm::StringLiteral kPicPlt = "plt=pic";
inline constexpr llvm::StringLiteral kPackRelr = "pack-relative-relocs";
/// Relative relocations are applied in the file, for its own addresses.
inline constexpr llvm::StringLiteral kPrerelocate = "prerelocate";
/// ld.objprelink wrote the file: its build-id is its own, and serves as hash.
inline constexpr llvm::StringLiteral kLinked = "linked";
/// It laid the entries out with those that it makes for calls.
inline constexpr llvm::StringLiteral kRoom = "room";
} // namespace noteoption

struct NoteContents {
  std::string version;
  Mode mode = Mode::Relay;
  std::vector<std::string> options;
  /// Slots that are RELATIVE now, and the distinct symbols that they had.
  uint64_t slots = 0;
  uint64_t functions = 0;
  /// 32 hexadecimal digits; encodeNote() writes zeros where it is empty. A
  /// linked image has none.
  std::string hash;

  bool has(llvm::StringRef option) const;
};

/// A note that was found in an image.
struct FoundNote : NoteContents {
  /// The note from its header to the end of its descriptor.
  AddressRange range;
  /// Where in the file the digits of the hash are.
  uint64_t hashOffset = 0;
};

/// The digits of a hash.
inline constexpr size_t kHashDigits = 32;

/// The note of \p image, none if it was not rewritten. Notes of others may be
/// anything; a broken one, or two, of ours are errors.
llvm::Expected<std::optional<FoundNote>> findNote(const Image &image);

/// The note: header, owner, and descriptor padded with spaces to whole words,
/// and to \p size bytes in all.
ByteVector encodeNote(const NoteContents &contents, uint64_t size = 0);

/// A note of \p size bytes that says nothing yet: what a linker is given to
/// place, so that the other has room.
ByteVector encodeRoomNote(uint64_t size);

/// Where \p image has such a note; empty where it has none.
AddressRange findRoomNote(const Image &image);

/// Where in the bytes that encodeNote() returned the digits of the hash are.
uint64_t hashOffsetInNote(Bytes note);

/// The hash of a file of which \p pieces are all bytes in order, those of its
/// digits '0': the file contents of the loadable ones of \p segments, from file
/// offset \p begin on, which is the end of the program header table.
std::string contentHash(llvm::ArrayRef<Bytes> pieces,
                        llvm::ArrayRef<Segment> segments, uint64_t begin);

/// The hash that \p note, which was found in \p image, ought to have.
std::string contentHash(const Image &image, const FoundNote &note);

} // namespace objprelink

#endif
