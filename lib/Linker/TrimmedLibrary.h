//===- TrimmedLibrary.h - a shared library that is read again ---*- C++ -*-===//
//
// Most of what LLD does for a small library is to read the symbols of large
// ones. When it links a second time, it is known which names matter: those of
// dynamic symbols of the first output. Other symbols of a library would do
// nothing but take time.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_TRIMMEDLIBRARY_H
#define OBJPRELINK_LINKER_TRIMMEDLIBRARY_H

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace objprelink {

/// The shared library \p file with what LLD reads of it, and of its symbols
/// those with \p names; null where that is not worth it, or the file is none.
std::unique_ptr<llvm::MemoryBuffer> trimLibrary(llvm::MemoryBufferRef file,
                                                const llvm::StringSet<> &names);

} // namespace objprelink

#endif
