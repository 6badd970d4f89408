//===- ProcessReport.cpp - the memory of a running process ----------------===//

#include "Report/Addresses.h"
#include "Report/MemoryTables.h"
#include "Report/Report.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <unistd.h>

using namespace llvm;

namespace objprelink {

/// What the process runs, empty if that is not to be known.
static std::string programOf(uint64_t pid) {
  const std::string link = "/proc/" + utostr(pid) + "/exe";
  std::string out(4096, 0);
  const ssize_t size = ::readlink(link.c_str(), out.data(), out.size());
  out.resize(size < 0 ? 0 : size);
  return out;
}

/// All private memory that is written to, that of no file too, in bytes. smaps
/// has kB, and what is swapped out apart.
static Value privateMemory(uint64_t pid) {
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFileAsStream("/proc/" + utostr(pid) + "/smaps_rollup");
  if (!file)
    return {};
  Value out;
  for (StringRef rest = (*file)->getBuffer(); !rest.empty();) {
    StringRef line;
    std::tie(line, rest) = rest.split('\n');
    uint64_t size;
    if ((line.consume_front("Private_Dirty:") || line.consume_front("Swap:")) &&
        !line.trim().consumeInteger(10, size)) {
      const uint64_t *sum = std::get_if<uint64_t>(&out);
      out = (sum ? *sum : 0) + size * 1024;
    }
  }
  return out;
}

Expected<Document> reportProcess(uint64_t pid) {
  Expected<std::vector<FileMapping>> mappings = readFileMappings(pid);
  if (!mappings)
    return mappings.takeError();
  Document out;
  out.kind = "process";
  out.name = utostr(pid);
  out.addFact("pid", "process", pid);
  const std::string program = programOf(pid);
  out.addFact("program", "program", program.empty() ? Value() : Value(program));
  out.addFact("private_memory", "memory written to, of no file too",
              privateMemory(pid), Unit::Bytes);
  addMemoryTables(pid, *mappings, out);
  addAddresses(pid, *mappings, out);
  return out;
}

} // namespace objprelink
