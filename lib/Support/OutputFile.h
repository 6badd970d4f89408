//===- OutputFile.h - replace a file whole or not at all --------*- C++ -*-===//
//
// The new contents go to a temporary file in the folder of the target, are
// read back and checked by the caller, and take the target's name by rename(2)
// as the last step. Until then the old file stands as it was; a signal or an
// error removes the temporary.
//
// llvm::sys::fs::TempFile is not used: a signal between the creation of its
// file and the end of create() leaves the file, keep() copies over the target
// where rename fails, which is not atomic, and an error of close(2), which
// network file systems keep for the end, comes after the rename.
// FileOutputBuffer is not used because it wants the whole output in a mapping
// of ours.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_SUPPORT_OUTPUTFILE_H
#define OBJPRELINK_SUPPORT_OUTPUTFILE_H

#include "Support/Copies.h"
#include "Support/Extents.h"
#include "Support/InputFile.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace objprelink {

class Diagnostics;

/// Looks at the finished output before it is delivered; an error keeps it back.
using OutputCheck = llvm::function_ref<llvm::Error(Bytes, const Copies &)>;

/// What an output is made of: its extents may refer to these bytes.
struct OutputSource {
  Bytes bytes;
  /// The open file that they are mapped from, or -1 where they are memory.
  int fd = -1;
};

/// What is to be there after a crash of the machine, not of the program.
enum class AfterCrash : uint8_t {
  OldOrNew,  ///< file systems write a file that takes another's place at once
  MayBeEmpty ///< as after linkers and compilers, which do not wait for that
};

/// A file that is being written and does not have its name yet. It is deleted
/// unless keep() has given it the name; by a signal, too.
class PendingFile {
public:
  /// Creates a file beside \p path, which need not exist, and has the file
  /// system reserve \p size bytes. The umask applies to \p mode.
  static llvm::Expected<PendingFile> create(llvm::StringRef path, unsigned mode,
                                            uint64_t size = 0);
  PendingFile(PendingFile &&other);
  PendingFile &operator=(PendingFile &&) = delete;
  ~PendingFile();

  int fd() const { return descriptor; }
  /// Has another thread write \p contents, which must stay until fill() or
  /// discard(), because most of what fill() is given will be the same. What was
  /// begun before is given up.
  void begin(Bytes contents);
  /// Makes \p contents those of the file and has \p check see them as they
  /// were written.
  llvm::Error fill(Extents contents, const OutputSource &source,
                   OutputCheck check);
  /// The same with bytes that nobody has changed and nobody need check.
  llvm::Error fill(Bytes contents);
  /// Replaces whatever has the name.
  llvm::Error keep(AfterCrash crash = AfterCrash::OldOrNew);
  void discard();

private:
  PendingFile(llvm::StringRef path);

  std::string path;
  /// Empty when there is no file any more.
  std::string temporary;
  int descriptor = -1;
  class Start;
  /// What begin() has begun; null where nothing is.
  std::unique_ptr<Start> start;
};

/// Writes \p contents to the open file \p fd, a device or a pipe perhaps.
llvm::Error writeExtents(int fd, const Extents &contents);

/// Delivers \p contents, which may refer to the mapping of \p input, under the
/// name \p path: atomically where that is a regular file or does not exist, by
/// plain writing where it is a device or a pipe ("-" is standard output). The
/// result has the mode, the extended attributes and, for root, the owner of
/// \p input. \p check sees the bytes as they were written.
llvm::Error writeOutput(llvm::StringRef path, Extents contents,
                        const InputFile &input, OutputCheck check,
                        Diagnostics &diagnostics);

/// Delivers what is no output of a pass, a report perhaps, in the same way. A
/// file that was there keeps its owner and mode.
llvm::Error writeFile(llvm::StringRef path, Bytes contents);

} // namespace objprelink

#endif
