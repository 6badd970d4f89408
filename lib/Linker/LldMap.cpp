#include "Linker/LldMap.h"
#include "Linker/MapFile.h"
#include "Support/Diagnostics.h"
#include "Support/LLVMVersion.h"
#include "Support/OutputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

static Error lastError() {
  return errorCodeToError(errnoAsErrorCode());
}

static int open(StringRef path, int flags) {
  return sys::RetryAfterSignal(-1, ::open, path.str().c_str(),
                               flags | O_CLOEXEC);
}

static Error writeAt(int fd, StringRef text, uint64_t offset) {
  while (!text.empty()) {
    const ssize_t n = sys::RetryAfterSignal(-1, ::pwrite, fd, text.data(),
                                            text.size(), offset);
    if (n < 0)
      return lastError();
    text = text.drop_front(n);
    offset += n;
  }
  return Error::success();
}

/// The pass leaves an output alone that is no regular file.
static bool isRewritable(StringRef output) {
  sys::fs::file_status status;
  return output != "-" &&
         (sys::fs::status(output, status) || sys::fs::is_regular_file(status));
}

LldMap::LldMap(const LldArguments &known) {
  if (isRewritable(known.output))
    path = known.map;
}

LldMap::~LldMap() {
  if (stream > STDERR_FILENO)
    ::close(stream);
}

void LldMap::opened(StringRef name) {
  if (name.empty() || name != path)
    return;
  if (name == "-") {
    stream = STDOUT_FILENO;
    return;
  }
  if (::stat(path.str().c_str(), &status) != 0)
    return;
  isFile = S_ISREG(status.st_mode);
  if (isFile || stream >= 0)
    return;
  // LLD closes what it has opened, and the reader of a pipe would see its end.
  // Without O_NONBLOCK the call would wait for a reader that has gone.
  stream = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  if (stream >= 0)
    (void)::fcntl(stream, F_SETFL, 0);
}

/// Empty where the file is not what LLD has written: the output may have the
/// same name.
Expected<std::string> LldMap::read(int fd) const {
  struct stat now;
  if (::fstat(fd, &now) != 0)
    return lastError();
  if (now.st_dev != status.st_dev || now.st_ino != status.st_ino ||
      now.st_size < status.st_size)
    return "";
  std::string text(now.st_size - status.st_size, 0);
  for (size_t done = 0; done < text.size();) {
    const ssize_t n =
        sys::RetryAfterSignal(-1, ::pread, fd, &text[done], text.size() - done,
                              status.st_size + done);
    if (n < 0)
      return lastError();
    if (n == 0)
      return error("the file shrank while it was read");
    done += n;
  }
  return text;
}

/// What is new at the end goes first: where there is no space for it, nothing
/// else has changed.
Error LldMap::write(int fd, StringRef old, StringRef text) const {
  const uint64_t begin = status.st_size;
  const size_t common = std::min(old.size(), text.size());
  Error e = writeAt(fd, text.drop_front(common), begin + common);
  if (!e)
    e = writeAt(fd, text.take_front(common), begin);
  if (e) {
    consumeError(writeAt(fd, old, begin));
    (void)!::ftruncate(fd, begin + old.size());
    return e;
  }
  return ::ftruncate(fd, begin + text.size()) == 0 ? Error::success()
                                                   : lastError();
}

Error LldMap::correctFile(const Image &before, const ImageEdit &edit,
                          const std::string *other) const {
  const int fd = open(path, O_RDWR);
  if (fd < 0)
    return lastError();
  const scope_exit close([&] { ::close(fd); });
  Expected<std::string> old = read(fd);
  if (!old)
    return old.takeError();
  // The output may have the same name.
  const std::string text =
      correctMapText(other && isMapText(*old) ? *other : *old, before, edit);
  return text == *old ? Error::success() : write(fd, *old, text);
}

/// A reader who has seen enough of LLD's map is no failure.
Error LldMap::append(StringRef text) const {
  outs().flush();
  struct sigaction ignore = {}, old;
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &old);
  Extents extents;
  extents.append(arrayRefFromStringRef(text));
  Error e = writeExtents(stream, extents);
  ::sigaction(SIGPIPE, &old, nullptr);
  return handleErrors(std::move(e), [](std::unique_ptr<ECError> info) -> Error {
    if (info->convertToErrorCode() == std::errc::broken_pipe)
      return Error::success();
    return Error(std::move(info));
  });
}

Error LldMap::correct(const Image &before, const ImageEdit &edit,
                      const std::string *other) const {
  // Without section headers nothing tells which row is what.
  if (before.sections.empty())
    return Error::success();
  if (edit.shift && (isFile || stream >= 0))
    return error("{0}: all addresses of the output are larger by {1:x}", path,
                 edit.shift);
  if (isFile)
    return inContext(path, correctFile(before, edit, other));
  if (stream >= 0)
    return inContext(path, append(listMapChanges(before, edit, other)));
  return Error::success();
}

} // namespace objprelink
