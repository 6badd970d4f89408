#include "Linker/ForeseenRoom.h"
#include "Linker/RoomObject.h"
#include "Support/LLVMVersion.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/TimeProfiler.h"
#include <cstdlib>

using namespace llvm;

namespace objprelink {

/// No file has this name, and none is opened by it.
static constexpr char kRequest[] = "<objprelink: request>";

/// Less is read sooner than another thread is asked to.
static constexpr uint64_t kLeastInput = 1 << 20;

/// Whoever has LLD_REPRODUCE set wants all inputs as files.
bool ForeseenRoom::mayAsk() const {
  if (!kLldIsReentrant || known.isOpen || known.wantsHelp ||
      known.files.empty() || known.wantsRetpolines ||
      !(known.isShared || known.isPie) || std::getenv("LLD_REPRODUCE"))
    return false;
  // What went down a pipe cannot be corrected.
  return known.dependencies.empty() ||
         (known.dependencies != "-" &&
          (!sys::fs::exists(known.dependencies) ||
           sys::fs::is_regular_file(known.dependencies)));
}

bool ForeseenRoom::ask(SmallVectorImpl<const char *> &arguments) {
  if (!mayAsk())
    return false;
  arguments.push_back("--trace");
  addLastInput(arguments, kRequest);
  return true;
}

void ForeseenRoom::fileRead(StringRef path, MemoryBufferRef contents) {
  const std::lock_guard lock(mutex);
  if (const auto [name, isNew] = names.insert(path); isNew)
    inputs.push_back({name->first(), contents});
}

bool ForeseenRoom::hear(StringRef line) {
  const StringRef file = line.ends_with(")") ? line.rsplit('(').first : line;
  if (file != kRequest && file != kRoomObject && !names.contains(file))
    return false;
  parts.insert(line);
  return true;
}

/// An empty file where no room is foreseen.
std::unique_ptr<MemoryBuffer> ForeseenRoom::giveObject(StringRef path) {
  TimeTraceScope scope("objprelink: forecast");
  if (meanwhile)
    meanwhile.reset();
  else
    forecaster->read(inputs);
  forecast = forecaster->finish(path == kRoomObject ? &parts : nullptr);
  forecaster.reset();
  if (!forecast)
    return MemoryBuffer::getMemBuffer("", path);
  isGiven = true;
  object = makeRoomObject(*forecast);
  return bufferOf(object, path);
}

std::unique_ptr<MemoryBuffer> ForeseenRoom::readFirst() {
  const Machine *machine = machineWithRoom(inputs, known);
  if (!machine)
    return MemoryBuffer::getMemBuffer("", kRequest);
  forecaster = std::make_unique<RoomForecast>(*machine, known, mode);
  // Nothing can be asked for, and no member is known to take part.
  if (known.ignoresDependentLibraries)
    return giveObject(kRequest);
  uint64_t size = 0;
  for (const LinkInput &input : inputs)
    size += input.contents.getBufferSize();
  if (size >= kLeastInput) {
    meanwhile = std::make_unique<parallel::TaskGroup>();
    // LLD may open more before all is read.
    meanwhile->spawn([this, seen = inputs] { forecaster->read(seen); });
  }
  request = makeObjectWithInput(machine->machine, kRoomObject);
  return bufferOf(request, kRequest);
}

std::unique_ptr<MemoryBuffer> ForeseenRoom::read(StringRef path) {
  if (path == kRequest)
    return readFirst();
  return asksFor(path) ? giveObject(path) : nullptr;
}

bool ForeseenRoom::asksFor(StringRef path) const {
  return forecaster && path == kRoomObject;
}

/// Takes all of \p part out of \p text.
static void takeOut(std::string &text, StringRef part) {
  for (size_t at; (at = text.find(part)) != std::string::npos;)
    text.erase(at, part.size());
}

/// LLD writes a list, and an empty rule for each file.
Error ForeseenRoom::correctDependencies() const {
  if (known.dependencies.empty())
    return Error::success();
  ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(known.dependencies);
  // LLD has said why it wrote none.
  if (!file)
    return Error::success();
  std::string text = (*file)->getBuffer().str();
  for (StringRef name : {kRequest, kRoomObject}) {
    const auto [begin, rest] = name.split(' ');
    const std::string escaped = (begin + "\\ " + rest).str();
    takeOut(text, " \\\n " + escaped);
    takeOut(text, "\n" + escaped + ":\n");
  }
  std::error_code ec;
  raw_fd_ostream(known.dependencies, ec) << text;
  return errorCodeToError(ec);
}

void HeardStream::write_impl(const char *text, size_t size) {
  rest.append(text, size);
  size_t begin = 0;
  for (size_t end; (end = rest.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const StringRef line = StringRef(rest).slice(begin, end);
    if (!room.hear(line))
      out << line << '\n';
  }
  rest.erase(0, begin);
  // LLD cannot ask for that here.
  out.flush();
}

} // namespace objprelink
