//===- LdSoCache.cpp - /etc/ld.so.cache -----------------------------------===//
//
// A header, entries of fixed size, and strings. Since glibc 2.33 an extension
// directory follows the strings; it names the subfolders of glibc-hwcaps, to
// which entries refer by an index.
//
//===----------------------------------------------------------------------===//

#include "Loader/LdSoCache.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::support;

namespace objprelink {

namespace {
struct Header {
  char magic[20]; // with the version
  ulittle32_t count;
  ulittle32_t stringsSize;
  uint8_t flags;
  uint8_t padding[3];
  ulittle32_t extensionOffset;
  ulittle32_t unused[3];
};
static_assert(sizeof(Header) == 48);

struct FileEntry {
  ulittle32_t flags;
  ulittle32_t name;
  ulittle32_t path;
  ulittle32_t osVersion;
  ulittle64_t hwcap;
};
static_assert(sizeof(FileEntry) == 24);

struct ExtensionSection {
  ulittle32_t tag;
  ulittle32_t flags;
  ulittle32_t offset;
  ulittle32_t size;
};
} // namespace

static constexpr StringLiteral kMagic = "glibc-ld.so.cache1.1";
static constexpr StringLiteral kOldMagic = "ld.so-1.7.0";
static constexpr uint32_t kExtensionMagic = 0xeaa42174;
static constexpr uint32_t kHwcapsTag = 1;
/// Of an entry's hwcap: its low half is an index of the extension's names, and
/// not a set of bits as before glibc 2.33 (DL_CACHE_HWCAP_EXTENSION).
static constexpr uint64_t kHwcapIsIndex = uint64_t(1) << 62;

/// A name or path: they are short, and a damaged file must not make them long.
static StringRef stringAt(Bytes bytes, uint64_t offset) {
  constexpr uint64_t longest = 4096;
  if (offset >= bytes.size())
    return StringRef();
  const StringRef rest = toStringRef(bytes).substr(offset, longest);
  const size_t end = rest.find('\0');
  return end == StringRef::npos ? StringRef() : rest.take_front(end);
}

/// The names of subfolders of glibc-hwcaps; none where there is no extension.
static std::vector<StringRef> readHwcaps(Bytes bytes, uint64_t at) {
  std::vector<StringRef> out;
  if (!at || at % 4 || bytes.size() < 8 || at > bytes.size() - 8)
    return out;
  const auto *words = reinterpret_cast<const ulittle32_t *>(&bytes[at]);
  if (words[0] != kExtensionMagic)
    return out;
  const uint64_t most = (bytes.size() - at - 8) / sizeof(ExtensionSection);
  const ArrayRef sections(
      reinterpret_cast<const ExtensionSection *>(&bytes[at] + 8),
      std::min<uint64_t>(words[1], most));
  for (const ExtensionSection &section : sections) {
    if (section.tag != kHwcapsTag || section.offset > bytes.size() ||
        section.size > bytes.size() - section.offset)
      continue;
    for (uint64_t i = 0; i + 4 <= section.size; i += 4)
      out.push_back(
          stringAt(bytes, endian::read32le(&bytes[section.offset + i])));
  }
  return out;
}

Expected<LdSoCache> LdSoCache::read(Bytes bytes) {
  // Offsets count from the new format's header, which stands behind the old
  // format's entries, of 12 bytes each, where both are there.
  if (toStringRef(bytes).starts_with(kOldMagic) && bytes.size() >= 16) {
    const uint64_t skip =
        alignTo(16 + 12 * uint64_t(endian::read32le(&bytes[12])), 8);
    bytes = skip < bytes.size() ? bytes.drop_front(skip) : Bytes();
  }
  if (bytes.size() < sizeof(Header) || !toStringRef(bytes).starts_with(kMagic))
    return error("not a cache of ldconfig, or one of an unknown format");
  const auto &header = *reinterpret_cast<const Header *>(bytes.data());
  if (header.count > (bytes.size() - sizeof(Header)) / sizeof(FileEntry))
    return error("the cache's {0} entries run past its end ({1} bytes)",
                 uint32_t(header.count), bytes.size());
  const std::vector<StringRef> hwcaps =
      readHwcaps(bytes, header.extensionOffset);

  LdSoCache out;
  const ArrayRef files(
      reinterpret_cast<const FileEntry *>(bytes.data() + sizeof(Header)),
      header.count);
  for (const FileEntry &file : files) {
    const StringRef name = stringAt(bytes, file.name);
    const StringRef path = stringAt(bytes, file.path);
    if (name.empty() || path.empty())
      continue;
    Entry entry = {int32_t(uint32_t(file.flags)), path, ""};
    if (file.hwcap & kHwcapIsIndex) {
      const uint32_t index = file.hwcap;
      if (index >= hwcaps.size())
        continue;
      entry.hwcap = hwcaps[index];
    } else if (file.hwcap) {
      continue; // of a processor's own, before glibc 2.33
    }
    out.entries[name].push_back(entry);
  }
  return out;
}

StringRef LdSoCache::find(StringRef name, int32_t flags,
                          ArrayRef<std::string> hwcaps) const {
  const auto found = entries.find(name);
  if (found == entries.end())
    return StringRef();
  StringRef best;
  size_t bestRank = hwcaps.size() + 1;
  for (const Entry &entry : found->second) {
    if (entry.flags != flags)
      continue;
    const size_t rank = entry.hwcap.empty()
                            ? hwcaps.size()
                            : llvm::find(hwcaps, entry.hwcap) - hwcaps.begin();
    if (!entry.hwcap.empty() && rank == hwcaps.size())
      continue;
    if (rank < bestRank) {
      best = entry.path;
      bestRank = rank;
    }
  }
  return best;
}

} // namespace objprelink
