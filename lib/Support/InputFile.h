//===- InputFile.h - a mapped input file ------------------------*- C++ -*-===//

#ifndef OBJPRELINK_SUPPORT_INPUTFILE_H
#define OBJPRELINK_SUPPORT_INPUTFILE_H

#include "Support/Extents.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <string>
#include <sys/stat.h>

namespace objprelink {

/// A regular file, mapped for reading and kept open, or standard input.
class InputFile {
public:
  /// Opens \p path; "-" is standard input. Symbolic links are followed and
  /// realPath names the file itself. Anything that is neither a regular file
  /// nor standard input is refused.
  static llvm::Expected<InputFile> open(llvm::StringRef path);

  InputFile(InputFile &&other) noexcept;
  InputFile &operator=(InputFile &&) = delete;
  ~InputFile();

  Bytes bytes() const;
  bool isStdin() const { return fd < 0; }

  /// The name that the user gave.
  std::string path;
  /// The file behind it, every symbolic link resolved.
  std::string realPath;
  /// The open file, or -1 for standard input.
  int fd = -1;
  /// What fstat said; empty for standard input.
  struct stat status = {};

private:
  InputFile() = default;
  std::unique_ptr<llvm::MemoryBuffer> buffer;
};

} // namespace objprelink

#endif
