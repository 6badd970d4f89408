//===- Room.h - memory for what a rewrite adds to an image ------*- C++ -*-===//
//
// Each segment that is added costs the loader a system call and the program
// header table an entry, for which there is seldom room. So what is added goes
// first to where something was: tables that have moved or shrunk, and the rest
// of the last page of a segment. Only what finds no place there gets a new
// segment, one for each kind of access.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_ROOM_H
#define OBJPRELINK_IMAGEEDIT_ROOM_H

#include "ImageEdit/ImageEdit.h"
#include "ImageEdit/References.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Memory that the rewrite needs.
struct Request {
  uint64_t size = 0;
  uint64_t alignment = 1;
  /// PF_R alone, or with PF_X or PF_W.
  uint32_t flags = llvm::ELF::PF_R;
  /// Wanted in the page of the headers, which core dumps hold.
  bool nearHeaders = false;
  /// Not wanted where patchelf, to make room for headers of its own, moves
  /// whatever it finds: code, what code refers to, and what it does not know
  /// (DT_RELR, up to 0.17).
  bool awayFromHeaders = false;
  /// May be in a new segment of code, to save a program header.
  bool mayBeWithCode = false;
  uint64_t address = 0; ///< found by makeRoom
};

struct RoomOptions {
  /// Ranges of read-only memory that nothing uses any more.
  std::vector<AddressRange> freed;
  /// A table that moves to the beginning of one of the requests.
  AddressRange claimed;
  size_t claimedBy = 0;
  /// Program headers that are needed besides those of new segments.
  unsigned moreSegments = 0;
  /// Whether DT_STRTAB and DT_VERSYM may move, too.
  bool mayMoveStrings = false;
  /// Take freed pages out of the file, where they are whole; else they become
  /// zeros, which OutputFile.cpp leaves to the file system.
  bool cutPages = false;
  /// Need as few program headers as can be: give up those that are of no use,
  /// and let the last segment go on behind its .bss, which then is in the file.
  bool saveHeaders = false;
};

/// Finds an address for each request, moves what must move, and adds and
/// extends segments of \p edit. Requests of size 0 are given none. After an
/// error \p edit is what it was.
llvm::Error makeRoom(ImageEdit &edit, References &references,
                     llvm::MutableArrayRef<Request> requests,
                     const RoomOptions &options);

} // namespace objprelink

#endif
