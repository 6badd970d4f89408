//===- RoomObject.h - an input that makes LLD lay entries out ---*- C++ -*-===//
//
// An object without a byte of its own in the output, but for the note and the
// jumps of .plt.got. It names functions in relocations, and LLD makes an entry
// in .plt, .got.plt and .rela.plt for each of them, or a word in .got and its
// GLOB_DAT, exactly as it does for code that calls them.
//
// * The relocations for the PLT are of a section without contents, in which
//   nothing is ever relocated (NOBITS, size 0). It has the name of a section
//   with vtables, so that it is placed there and no output section is new.
// * The functions are weak and undefined, and the object is the last input: no
//   member of an archive and no library is needed because of it, and symbols
//   keep their order. All of them are referred to by others.
// * --gc-sections begins at notes, and the note has R_X86_64_NONE relocations
//   that lead to the other sections. SHF_GNU_RETAIN would show in the output.
// * The object has each property that others may have, since those of the
//   output are those of all objects, and no address of it matters (--icf).
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_ROOMOBJECT_H
#define OBJPRELINK_LINKER_ROOMOBJECT_H

#include "ImageRewriter/LinkRoom.h"
#include "llvm/Support/MemoryBuffer.h"

namespace objprelink {

/// The name of the object in a link. No file has it, and none is opened by it.
/// It is in rows of the map.
inline constexpr char kRoomObject[] = "<objprelink: room>";

/// Makes \p object the last input of the link with \p arguments.
void addLastInput(llvm::SmallVectorImpl<const char *> &arguments,
                  const char *object);

/// What LLD reads as \p object, which must stay, under the name \p path.
std::unique_ptr<llvm::MemoryBuffer> bufferOf(const ByteVector &object,
                                             llvm::StringRef path);

/// The object for \p room, for x86-64.
ByteVector makeRoomObject(const LinkRoom &room);

/// An object for \p machine that has the linker read \p input after all others,
/// and nothing else: LLD calls that a dependent library.
ByteVector makeObjectWithInput(uint16_t machine, llvm::StringRef input);

} // namespace objprelink

#endif
