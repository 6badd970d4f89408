//===- SecondLink.h - the same link with room for the pass ------*- C++ -*-===//
//
// Which functions need entries is known when a link is done: which members of
// archives take part, what --gc-sections, --icf and version scripts leave, and
// what each name resolves to. So LLD links a second time, with an object that
// names these functions (RoomObject.h) as its last input. All that LLD says,
// reads and writes beside the output is that of the first link, where that
// object is in no message, report, dependency file or archive of --reproduce;
// the map alone is that of the second one, without the rows of the object. If
// the second link is not what was expected, the first one's output is still
// there.
//
// It costs what LLD's own work on the inputs costs, without the start of a
// process and without most symbols of shared libraries (TrimmedLibrary.h).
// Large links are not made twice.
//
// Rejected: to look at the inputs for the names instead. An archive's member
// takes part or does not, a section may be dropped, and a function that nothing
// else refers to would become a dynamic symbol because of us.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_SECONDLINK_H
#define OBJPRELINK_LINKER_SECONDLINK_H

#include "ImageRewriter/LinkRoom.h"
#include "Linker/LldArguments.h"
#include "Linker/OutputBuffer.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <mutex>

namespace objprelink {

class SecondLink {
public:
  /// For the link with \p arguments, the program's name first, which are those
  /// of \p known.
  SecondLink(llvm::ArrayRef<const char *> arguments, const LldArguments &known)
      : arguments(arguments), known(known) {}

  /// The first link has read \p contents, which stay as they are.
  void fileRead(llvm::StringRef path, llvm::MemoryBufferRef contents);

  /// Why the link is not made twice.
  llvm::Error check() const;

  /// Links again with \p room, while the first link waits for its output to be
  /// written. Returns the output, which lives as long as this, or the reason
  /// why there is none.
  llvm::Expected<Bytes> run(const LinkRoom &room);

  /// LLD's map of that output, if the link was asked for one.
  std::string map;

private:
  std::unique_ptr<llvm::MemoryBuffer> read(llvm::StringRef path,
                                           const LinkRoom &room) const;
  llvm::Expected<std::string> takeMap(int fd) const;

  const llvm::ArrayRef<const char *> arguments;
  const LldArguments &known;
  std::mutex mutex;
  llvm::StringMap<llvm::MemoryBufferRef> files;
  ByteVector object;
  CapturedOutput output;
};

} // namespace objprelink

#endif
