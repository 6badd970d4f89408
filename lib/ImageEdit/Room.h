//===- Room.h - memory for what a rewrite adds to an image ------*- C++ -*-===//
//
// Each segment that is added costs the loader a system call and the program
// header table an entry, for which there is seldom room. So additions go first
// into old room: that of tables that have moved or shrunk, and the rest of the
// last page of a segment. Only additions that find no place there get a new
// segment, one for each kind of access.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_ROOM_H
#define OBJPRELINK_IMAGEEDIT_ROOM_H

#include "ImageEdit/ImageEdit.h"
#include "ImageEdit/References.h"
#include "llvm/Support/Error.h"

namespace objprelink {

struct RoomOptions {
  /// Take freed pages out of the file, where they are whole; else they become
  /// zeros, which OutputFile.cpp leaves to the file system.
  bool cutPages = false;
  /// Need as few program headers as can be: give up those that are of no use,
  /// and let the last segment go on behind its .bss, which then is in the file.
  bool saveHeaders = false;
};

/// A segment is split for no fewer bytes of freed pages than these: each part
/// costs the loader a mapping.
inline constexpr uint64_t kWorthASplit = 0x10000;

/// Finds an address for each addition of \p edit, moves what must move, and
/// adds and extends segments. Additions of size 0 are given none. After an
/// error all but the additions is what it was.
llvm::Error makeRoom(ImageEdit &edit, References &references,
                     const RoomOptions &options);

/// An error for want of room: less may fit.
class NoRoom : public llvm::ErrorInfo<NoRoom> {
public:
  static constexpr char ID = 0;
  explicit NoRoom(std::string message) : text(std::move(message)) {}
  void log(llvm::raw_ostream &os) const override { os << text; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  std::string text;
};

} // namespace objprelink

#endif
