#include "Linker/LldMap.h"
#include "Linker/MapFile.h"
#include "Support/Diagnostics.h"
#include "Support/OutputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileOutputBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

/// Reads \p fd to the end, or to a zero byte that ends what is read, and closes
/// it. Returns errno, or 0. Who writes must not meet a closed pipe because a
/// read failed, so that another follows.
static int readAll(int fd, std::string &text) {
  char buffer[1 << 16];
  const auto more = [&] { return ::read(fd, buffer, sizeof(buffer)); };
  int failure = 0;
  for (unsigned failures = 0; failures < 2;) {
    const ssize_t n = sys::RetryAfterSignal(-1, more);
    if (n < 0) {
      failure = errno;
      ++failures;
      continue;
    }
    text.append(buffer, n);
    if (n == 0 || text.back() == 0)
      break;
  }
  ::close(fd);
  if (!text.empty() && text.back() == 0)
    text.pop_back();
  return failure;
}

Error LldMap::begin(SmallVectorImpl<const char *> &arguments,
                    const LldArguments &known) {
  if (known.map.empty())
    return Error::success();
  path = known.map;
  // LLD would try, too, before it does any work.
  if (Error e = FileOutputBuffer::create(path, 1).takeError())
    return error("cannot open map file {0}: {1}", path, toString(std::move(e)));
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return inContext(path, errorCodeToError(errnoAsErrorCode()));
  writeEnd = ends[1];
  reader = std::thread([this, fd = ends[0]] { failure = readAll(fd, text); });
  option = formatv("-Map=/proc/self/fd/{0}", writeEnd);
  // -M wins over -Map wherever they are.
  erase_if(arguments, [](StringRef argument) {
    return argument == "-M" || argument == "--print-map" ||
           argument == "-print-map";
  });
  arguments.push_back(option.c_str());
  return Error::success();
}

void LldMap::end() {
  if (writeEnd < 0)
    return;
  // Whether or not nobody else has the pipe any more.
  (void)!::write(writeEnd, "", 1);
  ::close(std::exchange(writeEnd, -1));
  reader.join();
}

void LldMap::correct(const Image &before, const ImageEdit &edit) {
  end();
  if (!text.empty())
    text = correctMapText(text, before, edit);
}

Error LldMap::deliver() {
  end();
  if (failure)
    return inContext(path, errorCodeToError(std::error_code(
                               failure, std::generic_category())));
  if (text.empty())
    return Error::success();
  if (path != "-")
    return inContext(path, writeFile(path, arrayRefFromStringRef(text)));
  outs() << text;
  return Error::success();
}

} // namespace objprelink
