#include "Linker/OutputBuffer.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errc.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileOutputBuffer.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Memory.h"
#include "llvm/Support/TimeProfiler.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

static OutputPass outputPass = nullptr;
static CapturedOutput *captured = nullptr;

void setOutputPass(OutputPass pass) {
  outputPass = pass;
}

void captureOutput(CapturedOutput *output) {
  captured = output;
}

namespace {
/// Zeroed memory that is written out in one go: LLVM's default since release
/// 21, and faster than a mapped file, whose pages fault one by one, and which
/// ends the link by SIGBUS when the disk is full.
class OutputBuffer : public FileOutputBuffer {
public:
  OutputBuffer(StringRef path, sys::MemoryBlock block, size_t size,
               std::optional<PendingFile> file)
      : FileOutputBuffer(path), block(block), size(size),
        file(std::move(file)) {}

  uint8_t *getBufferStart() const override {
    return static_cast<uint8_t *>(block.base());
  }
  uint8_t *getBufferEnd() const override { return getBufferStart() + size; }
  size_t getBufferSize() const override { return size; }
  Error commit() override;
  void discard() override { file.reset(); }

private:
  Error writeInPlace(Bytes contents);

  sys::OwningMemoryBlock block;
  /// The block may be larger.
  size_t size;
  /// None where the output is a device or the like.
  std::optional<PendingFile> file;
};
} // namespace

Error OutputBuffer::writeInPlace(Bytes contents) {
  const int fd = FinalPath == "-"
                     ? STDOUT_FILENO
                     : sys::RetryAfterSignal(-1, ::open, FinalPath.c_str(),
                                             O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return errorCodeToError(errnoAsErrorCode());
  Extents extents;
  extents.append(contents);
  Error e = writeExtents(fd, extents);
  if (fd != STDOUT_FILENO && ::close(fd) != 0 && !e)
    return errorCodeToError(errnoAsErrorCode());
  return e;
}

Error OutputBuffer::commit() {
  // LLVM's own has the same.
  TimeTraceScope scope("Commit buffer to disk");
  if (captured) {
    captured->block = std::move(block);
    captured->size = size;
    return Error::success();
  }
  const Bytes contents(getBufferStart(), size);
  if (!file)
    return writeInPlace(contents);
  Error e = outputPass ? outputPass(FinalPath, contents, *file)
                       : file->fill(contents);
  if (!e && !outputPass)
    e = file->keep(AfterCrash::MayBeEmpty);
  // LLD discards the last link's buffer, which may be the second one's.
  if (e)
    file->discard();
  return e;
}

static Expected<std::unique_ptr<FileOutputBuffer>>
createBuffer(StringRef path, size_t size, std::optional<PendingFile> file) {
  std::error_code ec;
  const sys::MemoryBlock block = sys::Memory::allocateMappedMemory(
      size, nullptr, sys::Memory::MF_READ | sys::Memory::MF_WRITE, ec);
  if (ec)
    return errorCodeToError(ec);
  // A hint: 100 MB are 50 page faults instead of 25,000.
  (void)::madvise(block.base(), block.allocatedSize(), MADV_HUGEPAGE);
  return std::make_unique<OutputBuffer>(path, block, size, std::move(file));
}

} // namespace objprelink

Expected<std::unique_ptr<FileOutputBuffer>>
llvm::FileOutputBuffer::create(StringRef path, size_t size, unsigned flags) {
  using namespace objprelink;
  if (captured)
    return createBuffer(path, size, std::nullopt);
  sys::fs::file_status status;
  sys::fs::status(path, status);
  switch (status.type()) {
  case sys::fs::file_type::directory_file:
    return errorCodeToError(make_error_code(errc::is_a_directory));
  case sys::fs::file_type::regular_file:
  case sys::fs::file_type::file_not_found:
  case sys::fs::file_type::status_error:
    break;
  default:
    return createBuffer(path, size, std::nullopt);
  }
  if (path == "-")
    return createBuffer(path, size, std::nullopt);
  unsigned mode = sys::fs::all_read | sys::fs::all_write;
  if (flags & F_executable)
    mode |= sys::fs::all_exe;
  Expected<PendingFile> file = PendingFile::create(path, mode, size);
  if (!file)
    return file.takeError();
  return createBuffer(path, size, std::move(*file));
}
