//===- OutputBuffer.h - the file that LLD writes ----------------*- C++ -*-===//
//
// LLD makes its output in a buffer that llvm::FileOutputBuffer::create gives
// it, and hands it back by commit() when all is written. That is where the
// image pass belongs: the output is whole, it is still in memory, no file has
// its name yet, and an error that commit() returns becomes one of LLD's own.
//
// The output is replaced whole or not at all. LLD removes an old output first.
// Here the old output stays until the two exchange names, and is removed then,
// which takes 30 ms for 100 MB. rename(2) alone takes 75 ms, as ext4 begins to
// write a file to the disk that takes the place of another.
//
// Rejected: to give LLD another -o and to read its output again. Response
// files, --dependency-file, --reproduce, names of LTO's temporary files and the
// map would show the wrong name, and every byte would be read twice.
//
// So this room defines FileOutputBuffer::create itself. It is the only
// definition in the program: the linker takes none from LLVM's archives,
// because the symbol is defined already when it comes to them.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_OUTPUTBUFFER_H
#define OBJPRELINK_LINKER_OUTPUTBUFFER_H

#include "Support/OutputFile.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Memory.h"

namespace objprelink {

/// Makes the finished output \p contents those of \p file and keeps it.
using OutputPass = llvm::function_ref<llvm::Error(
    llvm::StringRef path, Bytes contents, PendingFile &file)>;

/// Has \p pass called for each file that is committed and that replaces a
/// regular file or is a new one. Null, the initial state, writes the contents
/// as they are. What \p pass refers to must live as long as LLD works.
///
/// LLVM calls create() with nothing but a path, so that this and
/// captureOutput() set variables that are not passed by hand, as are the hooks
/// of LldHooks.h.
void setOutputPass(OutputPass pass);

/// An output that stays in memory.
struct CapturedOutput {
  llvm::sys::OwningMemoryBlock block;
  size_t size = 0;

  Bytes contents() const {
    return Bytes(static_cast<const uint8_t *>(block.base()), size);
  }
};

/// Has the file that is committed next put into \p output, and no file touched
/// until then. Null ends that.
void captureOutput(CapturedOutput *output);

} // namespace objprelink

#endif
