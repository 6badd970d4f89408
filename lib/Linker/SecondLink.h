//===- SecondLink.h - the same link with room, or without -------*- C++ -*-===//
//
// An object that names the functions that need entries (RoomObject.h) is the
// last input of the link itself where they can be told beforehand
// (RoomForecast.h). Where they cannot, LLD links a second time with it, and
// where the forecast was wrong, without it. All that LLD says, reads and writes
// beside the output is that of the first link, where that object is in no
// message, report, dependency file or archive of --reproduce; the map alone is
// that of the second one, without the rows of the object.
//
// A second link costs what LLD's own work on the inputs costs, without the
// start of a process and, if it is for room, without most symbols of shared
// libraries (TrimmedLibrary.h). Large links are not made twice for room.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_SECONDLINK_H
#define OBJPRELINK_LINKER_SECONDLINK_H

#include "ImageRewriter/LinkRoom.h"
#include "Linker/LldArguments.h"
#include "Linker/OutputBuffer.h"
#include "Linker/RoomForecast.h"
#include "Support/MappedFiles.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "llvm/Support/Parallel.h"
#include <mutex>
#include <optional>

namespace objprelink {

class SecondLink {
public:
  /// For a link by \p program with the arguments of \p known.
  SecondLink(const char *program, const LldArguments &known)
      : program(program), known(known) {}

  /// Appends what makes the first link one with room to \p arguments, if it may
  /// be one; read() is asked for the object then.
  void addRoom(llvm::SmallVectorImpl<const char *> &arguments) const;
  /// The object, if \p path means that, with room for what \p mode will need;
  /// nothing but an empty file where no room is foreseen. Where LLD has much to
  /// read, that is worked out meanwhile, and an object that asks for this one
  /// is what LLD gets first.
  std::unique_ptr<llvm::MemoryBuffer> read(llvm::StringRef path, Mode mode);
  /// Whether an input asks for the object by \p path.
  bool asksFor(llvm::StringRef path) const;
  /// The first link has read \p contents, which stay as they are.
  void fileRead(llvm::StringRef path, const llvm::MemoryBuffer &contents);
  /// Takes the pages of mapped inputs from the process, whose memory serves the
  /// pass: LLD has read them, and whoever reads one again gets it back.
  void releaseInputs() const { mapped.release(); }
  /// The room that the first link has; null where it has none.
  const LinkRoom *foreseen() const {
    return hasForecast ? &*forecast : nullptr;
  }
  /// Whether a linker script or an option may have given the address of a table
  /// of the output a name. Objects have names of what they have, and LLD has
  /// none for its relocation tables (position-independent outputs).
  bool mayNameTables() const;

  /// Why the link is not made twice for room.
  llvm::Error check() const;

  /// Links again with \p room, or without any where that is null, while the
  /// first link waits for its output to be written. Returns the output, which
  /// lives as long as this, or the reason why there is none.
  llvm::Expected<Bytes> run(const LinkRoom *room);

  /// LLD's map of that output, if the link was asked for one.
  std::string map;

private:
  std::unique_ptr<llvm::MemoryBuffer> readAgain(llvm::StringRef path,
                                                const LinkRoom *room) const;
  std::unique_ptr<llvm::MemoryBuffer> foreseenObject(llvm::StringRef path);
  uint64_t inputSize() const;
  llvm::Expected<std::string> takeMap(int fd) const;

  const char *program;
  const LldArguments &known;
  std::mutex mutex;
  llvm::StringMap<llvm::MemoryBufferRef> files;
  /// The same in the order in which they were read.
  std::vector<LinkInput> inputs;
  MappedFiles mapped;
  std::optional<LinkRoom> forecast;
  /// Whether LLD was given an object for it.
  bool hasForecast = false;
  ByteVector request, object;
  CapturedOutput plain, roomy;
  /// What makes the forecast; null where none is made meanwhile. Last, because
  /// it waits.
  std::unique_ptr<llvm::parallel::TaskGroup> meanwhile;
};

} // namespace objprelink

#endif
