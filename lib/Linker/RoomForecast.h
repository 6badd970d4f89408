//===- RoomForecast.h - what a link will need room for ----------*- C++ -*-===//
//
// Which functions need entries is known when a link is done. What takes part is
// known before: all objects, COMDAT groups apart, the first of which stays, and
// the members of archives that LLD has named. So LLD gets an object that names
// these functions as the last input of the link itself (ForeseenRoom.h). By
// then it has read all others, but the forecast looks at no more than the
// relocations of vtables and the names of functions.
//
// The names are weak: they fetch no member of an archive, ask for no library,
// and make no symbol dynamic, since an object has each of them already. A
// function that the link itself binds costs nothing, and one too many costs an
// entry. Where the forecast was wrong LLD links again (SecondLink.h).
//
// Rejected: to have LLD make the plain link first and always compare, as
// SecondLink.h does. That is another link, which debug information makes as
// long as the first, so that most builds would have no room. objprelink2
// --verify compares with a plain link that somebody else has made.
//
// There is none where an option lets sections go or has LLD say what it reads.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_ROOMFORECAST_H
#define OBJPRELINK_LINKER_ROOMFORECAST_H

#include "ImageRewriter/LinkRoom.h"
#include "Linker/LldArguments.h"
#include "Target/Machine.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace objprelink {

/// A file that LLD has read.
struct LinkInput {
  llvm::StringRef path;
  llvm::MemoryBufferRef contents;
};

/// The machine that the link with the arguments of \p known is for; null if
/// that cannot be told, or if the pass makes no entries as its linkers do.
const Machine *machineWithRoom(llvm::ArrayRef<LinkInput> inputs,
                               const LldArguments &known);

class RoomForecast {
public:
  /// For a link with the arguments of \p known, for \p machine, which is that
  /// of machineWithRoom().
  RoomForecast(const Machine &machine, const LldArguments &known, Mode mode);
  ~RoomForecast();

  /// Reads all that takes part in any case of \p inputs, which are in the order
  /// in which they were opened.
  void read(llvm::ArrayRef<LinkInput> inputs);
  /// What the link will need room for; none if that is nothing, or cannot be
  /// told. \p parts are what LLD calls all that takes part: a file, or
  /// "archive(member)"; null where that is not known.
  std::optional<LinkRoom> finish(const llvm::StringSet<> *parts);

private:
  class Reader;
  std::unique_ptr<Reader> reader;
};

} // namespace objprelink

#endif
