#include "Support/InputFile.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errc.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include <fcntl.h>
#include <unistd.h>
#include <utility>

using namespace llvm;

namespace objprelink {

InputFile::InputFile(InputFile &&other) noexcept
    : path(std::move(other.path)), realPath(std::move(other.realPath)),
      fd(std::exchange(other.fd, -1)), status(other.status),
      buffer(std::move(other.buffer)) {}

InputFile::~InputFile() {
  if (fd >= 0)
    ::close(fd);
}

Bytes InputFile::bytes() const {
  return arrayRefFromStringRef(buffer->getBuffer());
}

Expected<InputFile> InputFile::open(StringRef path) {
  InputFile file;
  file.path = path.str();
  if (path == "-") {
    ErrorOr<std::unique_ptr<MemoryBuffer>> text = MemoryBuffer::getSTDIN();
    if (!text)
      return errorCodeToError(text.getError());
    file.buffer = std::move(*text);
    return file;
  }

  // O_NONBLOCK: opening a FIFO that nobody writes to must not hang.
  file.fd = sys::RetryAfterSignal(-1, ::open, file.path.c_str(),
                                  O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file.fd < 0 || ::fstat(file.fd, &file.status) != 0)
    return errorCodeToError(errnoAsErrorCode());
  if (S_ISDIR(file.status.st_mode))
    return errorCodeToError(make_error_code(errc::is_a_directory));
  if (!S_ISREG(file.status.st_mode))
    return error("not a regular file");

  SmallString<256> real;
  if (std::error_code ec = sys::fs::real_path(path, real))
    return errorCodeToError(ec);
  file.realPath = real.str().str();

  ErrorOr<std::unique_ptr<MemoryBuffer>> mapped = MemoryBuffer::getOpenFile(
      sys::fs::convertFDToNativeFile(file.fd), path, file.status.st_size,
      /*RequiresNullTerminator=*/false);
  if (!mapped)
    return errorCodeToError(mapped.getError());
  file.buffer = std::move(*mapped);
  return file;
}

} // namespace objprelink
