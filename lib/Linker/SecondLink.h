//===- SecondLink.h - the same link with room, or without -------*- C++ -*-===//
//
// Where the functions that need entries cannot be told beforehand
// (ForeseenRoom.h), LLD links a second time with the object that names them
// (RoomObject.h), and where the forecast was wrong, without it. All that LLD
// says, reads and writes beside the output is that of the first link, where
// that object is in no message, report, dependency file or archive of
// --reproduce; the map alone is that of the second one, without the rows of the
// object.
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
#include "Support/MappedFiles.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <mutex>
#include <optional>

namespace objprelink {

class SecondLink {
public:
  /// For a link by \p program with the arguments of \p known.
  SecondLink(const char *program, const LldArguments &known)
      : program(program), known(known) {}

  /// The first link has read \p contents, which stay as they are.
  void fileRead(llvm::StringRef path, const llvm::MemoryBuffer &contents);
  /// Takes the pages of mapped inputs from the process, whose memory serves the
  /// pass: LLD has read them, and whoever reads one again gets it back.
  void releaseInputs() const { mapped.release(); }
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
  llvm::Expected<std::string> takeMap(int fd) const;

  const char *program;
  const LldArguments &known;
  std::mutex mutex;
  llvm::StringMap<llvm::MemoryBufferRef> files;
  MappedFiles mapped;
  ByteVector object;
  CapturedOutput plain, roomy;
};

} // namespace objprelink

#endif
