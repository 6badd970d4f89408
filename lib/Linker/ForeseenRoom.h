//===- ForeseenRoom.h - room in the first link ------------------*- C++ -*-===//
//
// An object that names the functions that need entries (RoomObject.h) is the
// last input of the link itself, where RoomForecast.h can tell them. LLD opens
// all inputs of the command line before it reads the symbols of the first one.
// So what it gets for that argument asks for the object as for a dependent
// library, which LLD opens when all else is read. Until then the forecast is
// made by another thread.
//
// Which members of archives take part is known then, too: LLD says of each file
// that it takes part (--trace), and nobody else hears it. Dependency files are
// corrected when LLD ends.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_FORESEENROOM_H
#define OBJPRELINK_LINKER_FORESEENROOM_H

#include "Linker/RoomForecast.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/raw_ostream.h"
#include <mutex>

namespace objprelink {

class ForeseenRoom {
public:
  /// For a link with the arguments of \p known.
  ForeseenRoom(const LldArguments &known, Mode mode)
      : known(known), mode(mode) {}

  /// Appends what makes the link one with room to \p arguments, if it may be
  /// one. Returns whether it may; hear() is due then.
  bool ask(llvm::SmallVectorImpl<const char *> &arguments);
  /// LLD has opened an input, whose contents stay as they are.
  void fileRead(llvm::StringRef path, llvm::MemoryBufferRef contents);
  /// LLD has said \p line, without its end. Returns whether that is the answer
  /// to what was asked here.
  bool hear(llvm::StringRef line);
  /// The contents of a file of this name, if it is one of ours.
  std::unique_ptr<llvm::MemoryBuffer> read(llvm::StringRef path);
  /// Whether an input asks for a file of this name, and it is one of ours.
  bool asksFor(llvm::StringRef path) const;
  /// Takes our files out of the dependency file that LLD has written. Without
  /// one there is nothing to do.
  llvm::Error correctDependencies() const;
  /// The room that the link has; null where it has none.
  const LinkRoom *room() const { return isGiven ? &*forecast : nullptr; }

private:
  bool mayAsk() const;
  std::unique_ptr<llvm::MemoryBuffer> readFirst();
  std::unique_ptr<llvm::MemoryBuffer> giveObject(llvm::StringRef path);

  const LldArguments &known;
  const Mode mode;
  std::mutex mutex;
  llvm::StringSet<> names;
  /// In the order in which they were opened.
  std::vector<LinkInput> inputs;
  /// What takes part, as LLD names it: a file, or "archive(member)".
  llvm::StringSet<> parts;
  /// Until the object was given.
  std::unique_ptr<RoomForecast> forecaster;
  std::optional<LinkRoom> forecast;
  bool isGiven = false;
  ByteVector request, object;
  /// What reads for the forecast; null where nothing does. Last, because it
  /// waits.
  std::unique_ptr<llvm::parallel::TaskGroup> meanwhile;
};

/// A stream for what LLD says that \p room may hear first.
class HeardStream : public llvm::raw_ostream {
public:
  HeardStream(ForeseenRoom &room, llvm::raw_ostream &out)
      : room(room), out(out) {
    SetUnbuffered();
  }
  ~HeardStream() override {
    out << rest;
    out.flush();
  }

private:
  void write_impl(const char *text, size_t size) override;
  uint64_t current_pos() const override { return out.tell() + rest.size(); }

  ForeseenRoom &room;
  llvm::raw_ostream &out;
  /// The beginning of a line.
  std::string rest;
};

} // namespace objprelink

#endif
