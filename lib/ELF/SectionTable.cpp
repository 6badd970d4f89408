#include "ELF/SectionTable.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Finds the table and takes from section 0 what the header has no room for.
template <class ELFT>
static Error locate(Bytes file, SectionTable &table, uint64_t &count) {
  using Shdr = typename ELFT::Shdr;
  const auto &header =
      *reinterpret_cast<const typename ELFT::Ehdr *>(file.data());
  table.offset = header.e_shoff;
  if (!header.e_shoff)
    return error("no section header table");
  if (header.e_shentsize != sizeof(Shdr))
    return error("e_shentsize is {0}, not {1}", uint32_t(header.e_shentsize),
                 sizeof(Shdr));
  if (!isInFile(file, header.e_shoff, sizeof(Shdr)))
    return error("the section header table at {0:x} is past the end of the "
                 "file ({1:x} bytes)",
                 uint64_t(header.e_shoff), file.size());

  // gABI: counts that do not fit the header are in section header 0.
  const auto &first =
      *reinterpret_cast<const Shdr *>(file.data() + header.e_shoff);
  count = header.e_shnum ? header.e_shnum : uint64_t(first.sh_size);
  table.namesIndex = header.e_shstrndx == SHN_XINDEX
                         ? uint32_t(first.sh_link)
                         : uint32_t(header.e_shstrndx);
  if (!count)
    return error("no section header table");
  if (count > file.size() / sizeof(Shdr) ||
      !isInFile(file, header.e_shoff, count * sizeof(Shdr)))
    return error("the section header table at {0:x}, {1} entries, runs past "
                 "the end of the file ({2:x} bytes)",
                 uint64_t(header.e_shoff), count, file.size());
  if (table.namesIndex >= count)
    return error("e_shstrndx {0} is past the end ({1} sections)",
                 table.namesIndex, count);
  return Error::success();
}

template <class ELFT> static Error readHeaders(Bytes file, SectionTable &out) {
  const auto *headers =
      reinterpret_cast<const typename ELFT::Shdr *>(file.data() + out.offset);
  for (auto [index, header, section] :
       enumerate(ArrayRef(headers, out.sections.size()), out.sections)) {
    section.nameOffset = header.sh_name;
    section.type = header.sh_type;
    section.flags = header.sh_flags;
    section.address = header.sh_addr;
    section.offset = header.sh_offset;
    section.size = header.sh_size;
    section.link = header.sh_link;
    section.info = header.sh_info;
    section.alignment = header.sh_addralign;
    section.entrySize = header.sh_entsize;
    if (section.hasBytes() && !isInFile(file, section.offset, section.size))
      return error("section {0}: {1:x} bytes at {2:x} run past the end of the "
                   "file ({3:x} bytes)",
                   index, section.size, section.offset, file.size());
    if (section.alignment & (section.alignment - 1))
      return error("section {0}: alignment {1:x} is not a power of two", index,
                   section.alignment);
  }
  return Error::success();
}

static Error readNames(Bytes file, SectionTable &table) {
  Expected<Bytes> names =
      readStringTable(file, table.sections, table.namesIndex);
  if (!names)
    return names.takeError();
  table.names = *names;
  for (auto [index, section] : enumerate(table.sections)) {
    if (section.nameOffset >= names->size())
      return error("section {0}: name offset {1:x} is past the end of the "
                   "names ({2:x} bytes)",
                   index, section.nameOffset, names->size());
  }
  return Error::success();
}

template <class ELFT> static Expected<SectionTable> readAny(Bytes file) {
  SectionTable table;
  uint64_t count = 0;
  if (Error e = locate<ELFT>(file, table, count))
    return e;
  table.sections.resize(count);
  if (Error e = readHeaders<ELFT>(file, table))
    return e;
  if (Error e = readNames(file, table))
    return e;
  return table;
}

Expected<SectionTable> readSectionTable(Bytes file, bool is64) {
  return is64 ? readAny<object::ELF64LE>(file) : readAny<object::ELF32LE>(file);
}

Expected<Bytes> readStringTable(Bytes file, ArrayRef<Section> sections,
                                uint32_t index) {
  if (index >= sections.size())
    return error("string table index {0} is past the end ({1} sections)", index,
                 sections.size());
  const Section &section = sections[index];
  if (section.type != SHT_STRTAB)
    return error("section {0}: type {1:x}, where a string table is due", index,
                 section.type);
  const Bytes names = file.slice(section.offset, section.size);
  if (names.empty() || names.back() != 0)
    return error("section {0}: the string table does not end in a zero byte",
                 index);
  if (Error e = checkNameLengths(names))
    return inContext(formatv("section {0}", index).str(), std::move(e));
  return names;
}

Error checkNameLengths(Bytes names) {
  constexpr size_t kLongestName = 1 << 20;
  // From the last end of a name within reach to the next one.
  for (Bytes rest = names; rest.size() > kLongestName;) {
    const StringRef reach = toStringRef(rest.take_front(kLongestName));
    const size_t end = reach.rfind('\0');
    if (end == StringRef::npos)
      return error("a name of more than {0} bytes at {1:x}", kLongestName,
                   names.size() - rest.size());
    rest = rest.drop_front(end + 1);
  }
  return Error::success();
}

} // namespace objprelink
