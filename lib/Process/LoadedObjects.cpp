#include "Process/LoadedObjects.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

/// More than any list has: a process may have overwritten it.
static constexpr size_t kMostObjects = 10000;

Expected<uint64_t> readAuxiliary(pid_t pid, uint64_t type) {
  const std::string path = "/proc/" + itostr(pid) + "/auxv";
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFileAsStream(path);
  if (!file)
    return error("{0}: {1}", path, file.getError().message());
  StringRef rest = (*file)->getBuffer();
  for (; rest.size() >= 16; rest = rest.drop_front(16))
    if (support::endian::read64le(rest.data()) == type)
      return support::endian::read64le(rest.data() + 8);
  return error("{0} has no entry of type {1}", path, type);
}

Expected<std::vector<uint8_t>> readMemory(pid_t pid, uint64_t address,
                                          uint64_t size) {
  const std::string path = "/proc/" + itostr(pid) + "/mem";
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return error("{0}: {1}", path, ::strerror(errno));
  std::vector<uint8_t> out(size);
  size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(fd, out.data() + done, size - done,
                                  static_cast<off_t>(address + done));
    if (count <= 0)
      break;
    done += count;
  }
  ::close(fd);
  if (done < size)
    return error("{0} bytes at {1:x} of process {2} cannot be read", size,
                 address, pid);
  return out;
}

/// The structure of type \p T at \p address.
template <class T> static Expected<T> readOne(pid_t pid, uint64_t address) {
  Expected<std::vector<uint8_t>> bytes = readMemory(pid, address, sizeof(T));
  if (!bytes)
    return bytes.takeError();
  T out;
  std::memcpy(&out, bytes->data(), sizeof(T));
  return out;
}

static Expected<std::string> readText(pid_t pid, uint64_t address) {
  std::string out;
  while (out.size() < 0x10000) {
    const uint64_t at = address + out.size();
    Expected<std::vector<uint8_t>> part = readMemory(pid, at, 64 - at % 64);
    if (!part)
      return part.takeError();
    const auto end = std::find(part->begin(), part->end(), 0);
    out.append(part->begin(), end);
    if (end != part->end())
      return out;
  }
  return error("the name at {0:x} does not end", address);
}

/// What the program's DT_DEBUG holds.
static Expected<uint64_t> findDebugRecord(pid_t pid) {
  Expected<uint64_t> headers = readAuxiliary(pid, AT_PHDR);
  if (!headers)
    return headers;
  Expected<uint64_t> count = readAuxiliary(pid, AT_PHNUM);
  if (!count)
    return count;
  uint64_t base = 0, dynamic = 0;
  for (uint64_t i = 0; i < *count; ++i) {
    Expected<Elf64_Phdr> header =
        readOne<Elf64_Phdr>(pid, *headers + i * sizeof(Elf64_Phdr));
    if (!header)
      return header.takeError();
    if (header->p_type == PT_PHDR)
      base = *headers - header->p_vaddr;
    if (header->p_type == PT_DYNAMIC)
      dynamic = header->p_vaddr;
  }
  if (!dynamic)
    return error("the program has no dynamic table");
  for (uint64_t at = base + dynamic;; at += sizeof(Elf64_Dyn)) {
    Expected<Elf64_Dyn> entry = readOne<Elf64_Dyn>(pid, at);
    if (!entry)
      return entry.takeError();
    if (entry->d_tag == DT_DEBUG)
      return entry->d_un.d_ptr;
    if (entry->d_tag == DT_NULL)
      return error("the program has no DT_DEBUG");
  }
}

Expected<LoaderState> readLoaderState(pid_t pid) {
  Expected<uint64_t> at = findDebugRecord(pid);
  if (!at)
    return at.takeError();
  if (!*at)
    return LoaderState::None;
  Expected<r_debug> record = readOne<r_debug>(pid, *at);
  if (!record)
    return record.takeError();
  switch (record->r_state) {
  case r_debug::RT_ADD:
    return LoaderState::Adding;
  case r_debug::RT_DELETE:
    return LoaderState::Deleting;
  default:
    return LoaderState::Consistent;
  }
}

Expected<std::vector<LoadedObject>> readLoadedObjects(pid_t pid) {
  Expected<uint64_t> at = findDebugRecord(pid);
  if (!at)
    return at.takeError();
  Expected<r_debug> record = readOne<r_debug>(pid, *at);
  if (!record)
    return record.takeError();
  std::vector<LoadedObject> out;
  for (const link_map *next = record->r_map; next;) {
    Expected<link_map> map =
        readOne<link_map>(pid, reinterpret_cast<uint64_t>(next));
    if (!map)
      return map.takeError();
    Expected<std::string> name =
        readText(pid, reinterpret_cast<uint64_t>(map->l_name));
    if (!name)
      return name.takeError();
    if (out.size() == kMostObjects)
      return error("the loader's list does not end");
    out.push_back(
        {std::move(*name), map->l_addr, reinterpret_cast<uint64_t>(map->l_ld)});
    next = map->l_next;
  }
  return out;
}

} // namespace objprelink
