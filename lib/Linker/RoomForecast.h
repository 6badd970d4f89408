//===- RoomForecast.h - what a link will need room for ----------*- C++ -*-===//
//
// Which functions need entries is known when a link is done. Of a link of
// objects it can be told before: all of them take part, COMDAT groups apart,
// the first of which stays. So LLD gets an object that names these functions
// (RoomObject.h) as the last input of the link itself. By then it has read all
// others, but the forecast looks at no more than the relocations of vtables
// and the names of functions. It does so while LLD reads symbols, which takes
// one thread and longer (SecondLink.h).
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
// There is none where an option lets sections go or has LLD say what it reads,
// and none with members of archives that take part or do not, if they have
// vtables.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_ROOMFORECAST_H
#define OBJPRELINK_LINKER_ROOMFORECAST_H

#include "ImageRewriter/LinkRoom.h"
#include "Linker/LldArguments.h"
#include "Target/Machine.h"
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

/// What the link with the arguments of \p known and \p inputs, in the order in
/// which they were read, will need room for in \p mode; none if that is
/// nothing, or cannot be told. \p machine is that of machineWithRoom().
std::optional<LinkRoom> forecastRoom(llvm::ArrayRef<LinkInput> inputs,
                                     const Machine &machine,
                                     const LldArguments &known, Mode mode);

} // namespace objprelink

#endif
