#include "Linker/SecondLink.h"
#include "Archive/Archive.h"
#include "Linker/LldHooks.h"
#include "Linker/RoomObject.h"
#include "Linker/TrimmedLibrary.h"
#include "Support/Diagnostics.h"
#include "Support/LLVMVersion.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace objprelink {

/// No file has this name, and none is opened by it.
static constexpr char kMap[] = "<objprelink: map>";

/// Objects and archives of so many bytes are linked once. A few pages more are
/// nothing to their outputs.
static constexpr uint64_t kMostInput = 16 << 20;

void SecondLink::fileRead(StringRef path, const MemoryBuffer &contents) {
  const std::lock_guard lock(mutex);
  mapped.add(contents);
  files.try_emplace(path, contents.getMemBufferRef());
}

static bool isBitcode(StringRef contents) {
  return identify_magic(contents) == file_magic::bitcode;
}

static bool hasBitcode(StringRef contents) {
  if (identify_magic(contents) != file_magic::archive)
    return isBitcode(contents);
  Expected<Archive> archive = readArchive(arrayRefFromStringRef(contents));
  if (!archive) {
    consumeError(archive.takeError());
    return false;
  }
  // The members of a thin one were read as files.
  return !archive->thin && any_of(archive->members, [&](const Member &member) {
    return isBitcode(toStringRef(archive->contents(member)));
  });
}

bool SecondLink::mayNameTables() const {
  if (known.definesSymbols)
    return true;
  return any_of(files, [](const auto &file) {
    const StringRef contents = file.second.getBuffer();
    return identify_magic(contents) == file_magic::unknown &&
           contents.contains('=');
  });
}

Error SecondLink::check() const {
  if (!kLldIsReentrant)
    return error("LLD " LLVM_VERSION_STRING " makes one link at a time");
  if (!known.whyOnce.empty())
    return error("{0}", known.whyOnce);
  uint64_t size = 0;
  for (const auto &file : files)
    if (identify_magic(file.second.getBuffer()) !=
        file_magic::elf_shared_object)
      size += file.second.getBufferSize();
  if (size > kMostInput)
    return error("the objects and archives have {0} bytes, more than {1}", size,
                 kMostInput);
  for (const auto &file : files)
    if (hasBitcode(file.second.getBuffer()))
      return error("{0} has LLVM bitcode", file.first());
  return Error::success();
}

/// What the first link has read need not be there any more: a pipe, or a file
/// that has changed. A cross reference table has all symbols.
std::unique_ptr<MemoryBuffer>
SecondLink::readAgain(StringRef path, const LinkRoom *room) const {
  if (path == kRoomObject)
    return bufferOf(object, path);
  const auto found = files.find(path);
  if (found == files.end())
    return nullptr;
  const MemoryBufferRef file = found->second;
  if (room && known.map.empty() &&
      identify_magic(file.getBuffer()) == file_magic::elf_shared_object) {
    TimeTraceScope scope("objprelink: trim", path);
    if (std::unique_ptr<MemoryBuffer> out = trimLibrary(file, room->symbols))
      return out;
  }
  return MemoryBuffer::getMemBuffer(file, /*RequiresNullTerminator=*/false);
}

/// The map without rows of the object: what it has in the output is ours.
Expected<std::string> SecondLink::takeMap(int fd) const {
  std::string text;
  ::lseek(fd, 0, SEEK_SET);
  char buffer[1 << 16];
  while (const ssize_t n = ::read(fd, buffer, sizeof(buffer))) {
    if (n < 0)
      return errorCodeToError(errnoAsErrorCode());
    text.append(buffer, n);
  }
  std::string out;
  for (StringRef rest = text; !rest.empty();) {
    const size_t end = rest.find('\n');
    const StringRef line =
        rest.take_front(end == StringRef::npos ? end : end + 1);
    rest = rest.drop_front(line.size());
    const auto [before, after] = line.split(kRoomObject);
    if (before.size() == line.size())
      out += line;
    else if (after.starts_with(":(.note.objprelink)") ||
             after.starts_with(":(.plt.got)"))
      out += (before + "<internal>" + after).str();
  }
  return out;
}

Expected<Bytes> SecondLink::run(const LinkRoom *room) {
  TimeTraceScope scope("objprelink: second link");
  SmallVector<const char *, 256> command = {program};
  append_range(command, known.again);
  if (room) {
    object = makeRoomObject(*room);
    // The first link has looked for what libraries need, and trimmed ones lack
    // it.
    command.push_back("--allow-shlib-undefined");
    addLastInput(command, kRoomObject);
  }
  int fd = -1;
  if (room && !known.map.empty()) {
    fd = ::memfd_create("map", MFD_CLOEXEC);
    if (fd < 0)
      return errorCodeToError(errnoAsErrorCode());
    command.push_back("-Map");
    command.push_back(kMap);
  }
  const scope_exit closeMap([&] { ::close(fd); });

  const auto readFile = [&](StringRef path) { return readAgain(path, room); };
  const auto reportFile = [&](StringRef name) {
    return name == kMap ? fd : -1;
  };
  LldHooks hooks;
  hooks.readFile = readFile;
  hooks.reportFile = reportFile;
  LldHooks before = setLldHooks(std::move(hooks));
  CapturedOutput &output = room ? roomy : plain;
  captureOutput(&output);
  // What the link before this one asked for is not asked for again.
  ::unsetenv("LLD_REPRODUCE");
  bool ok = false;
  // An error that LLD cannot go on from would end the process.
  CrashRecoveryContext::Enable();
  CrashRecoveryContext context;
  const bool ended = context.RunSafely([&] {
    ok = lld::elf::link(command, nulls(), nulls(), /*exitEarly=*/false,
                        /*disableOutput=*/false);
  });
  CrashRecoveryContext::Disable();
  captureOutput(nullptr);
  setLldHooks(std::move(before));
  if (!ended || !ok || !output.size)
    return error("the second link has failed");
  if (fd >= 0) {
    Expected<std::string> text = takeMap(fd);
    if (!text)
      return text.takeError();
    map = std::move(*text);
  }
  return output.contents();
}

} // namespace objprelink
