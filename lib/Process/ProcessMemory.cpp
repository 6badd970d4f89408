#include "Process/ProcessMemory.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

// Bits of an entry of /proc/PID/pagemap.
static constexpr uint64_t kPresent = uint64_t(1) << 63;
static constexpr uint64_t kSwapped = uint64_t(1) << 62;
/// A page of a file, or anonymous memory that is shared.
static constexpr uint64_t kFileOrShared = uint64_t(1) << 61;

std::optional<FileMapping> parseMapping(StringRef line) {
  // START-END PERMISSIONS OFFSET DEVICE INODE     PATH
  FileMapping out;
  StringRef field;
  const auto next = [&] {
    std::tie(field, line) = line.split(' ');
    return field;
  };
  const auto [start, end] = next().split('-');
  const StringRef permissions = next();
  const StringRef offset = next();
  next(); // The device is not what stat says on every file system.
  if (start.getAsInteger(16, out.start) || end.getAsInteger(16, out.end) ||
      offset.getAsInteger(16, out.offset) ||
      next().getAsInteger(10, out.inode) || permissions.size() != 4)
    return std::nullopt;
  out.path = line.ltrim(' ').str();
  if (permissions[3] != 'p' || !StringRef(out.path).starts_with("/") ||
      out.start >= out.end || out.start % kPageSize || out.end % kPageSize ||
      out.end - out.start > UINT64_MAX - out.offset)
    return std::nullopt;
  out.isWritable = permissions[1] == 'w';
  out.isExecutable = permissions[2] == 'x';
  return out;
}

/// \p number is what opening a file of process \p pid failed with.
static Error errorOf(uint64_t pid, int number) {
  if (number == ENOENT)
    return error("there is no process {0}", pid);
  if (number == ESRCH)
    return error("process {0} has no memory: it has ended, or is the kernel's",
                 pid);
  return error("the memory of process {0} cannot be read: {1}", pid,
               std::error_code(number, std::generic_category()).message());
}

namespace {
/// An open file of /proc.
class ProcFile {
public:
  explicit ProcFile(const std::string &path)
      : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), number(errno) {}
  ~ProcFile() {
    if (fd >= 0)
      ::close(fd);
  }
  ProcFile(const ProcFile &) = delete;
  ProcFile &operator=(const ProcFile &) = delete;

  int fd;
  int number; ///< why it is not open
};
} // namespace

/// Reads which pages of \p mapping are the process's own.
static void readOwnPages(const ProcFile &pagemap, FileMapping &mapping,
                         std::optional<uint64_t> ignored) {
  static constexpr uint64_t kChunk = 4096;
  std::vector<uint64_t> entries(kChunk);
  for (uint64_t address = mapping.start; address < mapping.end;) {
    const uint64_t wanted =
        std::min(kChunk, (mapping.end - address) / kPageSize);
    const ssize_t size =
        ::pread(pagemap.fd, entries.data(), wanted * sizeof(uint64_t),
                static_cast<off_t>(address / kPageSize * sizeof(uint64_t)));
    // The process has ended, or the address is none that it can have.
    if (size < static_cast<ssize_t>(sizeof(uint64_t)))
      return;
    for (const uint64_t entry :
         ArrayRef(entries).take_front(size / sizeof(uint64_t))) {
      const bool isOwn =
          (entry & (kPresent | kSwapped)) && !(entry & kFileOrShared);
      if (isOwn && (!ignored || *ignored / kPageSize != address / kPageSize))
        mapping.ownPages.push_back(mapping.offset + address - mapping.start);
      address += kPageSize;
    }
  }
}

Expected<std::vector<FileMapping>>
readFileMappings(uint64_t pid, std::optional<uint64_t> ignored) {
  const std::string folder = "/proc/" + utostr(pid);
  const ProcFile maps(folder + "/maps");
  if (maps.fd < 0)
    return errorOf(pid, maps.number);
  const ProcFile pagemap(folder + "/pagemap");
  if (pagemap.fd < 0)
    return errorOf(pid, pagemap.number);
  // /proc has no sizes: it is read to its end.
  SmallString<0> text;
  if (Error e = sys::fs::readNativeFileToEOF(maps.fd, text))
    return inContext(folder + "/maps", std::move(e));
  if (text.empty())
    return errorOf(pid, ESRCH);
  std::vector<FileMapping> out;
  for (StringRef rest = text; !rest.empty();) {
    StringRef line;
    std::tie(line, rest) = rest.split('\n');
    std::optional<FileMapping> mapping = parseMapping(line);
    if (!mapping)
      continue;
    readOwnPages(pagemap, *mapping, ignored);
    out.push_back(std::move(*mapping));
  }
  return out;
}

} // namespace objprelink
