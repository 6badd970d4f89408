//===- Classify.h - what kind of file is this -------------------*- C++ -*-===//

#ifndef OBJPRELINK_ELF_CLASSIFY_H
#define OBJPRELINK_ELF_CLASSIFY_H

#include "Support/Extents.h"
#include "llvm/Support/Error.h"

namespace objprelink {

enum class FileKind : uint8_t {
  Object,      ///< ELF, ET_REL
  Image,       ///< ELF, ET_DYN: a shared library or a PIE
  Executable,  ///< ELF, ET_EXEC: a program at fixed addresses
  Archive,     ///< ar(5)
  ThinArchive, ///< GNU thin archive: the members are files elsewhere
  Foreign,     ///< anything else
};

struct Classification {
  FileKind kind = FileKind::Foreign;
  /// Executables and foreign files: why no rewrite takes them, as a message
  /// says it.
  std::string reason;
  /// Of objects, images and executables: what the header says.
  bool is64 = false;
  uint8_t osAbi = 0;
  uint16_t machine = 0;
};

/// Classifies by magic number; looks at the first 64 bytes at most.
Classification classify(Bytes bytes);

} // namespace objprelink

#endif
