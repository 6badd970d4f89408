//===- TableWriter.h - a binding as the runtime reads it --------*- C++ -*-===//

#ifndef OBJPRELINK_BINDING_TABLEWRITER_H
#define OBJPRELINK_BINDING_TABLEWRITER_H

#include "Binding/Binding.h"

namespace objprelink {

struct TableRequest {
  const Closure &closure;
  const Binding &binding;
  /// ld.so's list, of indices of libraries.
  llvm::ArrayRef<uint32_t> list;
  /// The path of the program, symbolic links resolved.
  llvm::StringRef program;
  /// LD_PRELOAD and LD_LIBRARY_PATH.
  llvm::StringRef preload, libraryPath;
  /// What it opens later.
  llvm::ArrayRef<const Plugin *> plugins;
  /// It is for an image: other files of the same contents take the places of
  /// these.
  bool isOfImage = false;
};

/// The table, aligned as the reader wants it in a file that is mapped. An error
/// where it would become too large.
llvm::Expected<ByteVector> writeTable(const TableRequest &request);

} // namespace objprelink

#endif
