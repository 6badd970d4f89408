#include "ELF/Image.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"
#include <functional>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

std::optional<uint64_t> Image::dynamicValue(int64_t tag) const {
  for (const DynamicEntry &entry : reverse(dynamic))
    if (entry.tag == tag)
      return entry.value;
  return std::nullopt;
}

uint64_t Image::programHeadersSize(uint64_t count) const {
  return count *
         (is64 ? sizeof(object::ELF64LE::Phdr) : sizeof(object::ELF32LE::Phdr));
}

uint64_t Image::sectionHeadersEnd() const {
  return sectionTableOffset +
         sections.size() * (is64 ? sizeof(object::ELF64LE::Shdr)
                                 : sizeof(object::ELF32LE::Shdr));
}

uint64_t Image::firstPage() const {
  return loadable.empty()
             ? 0
             : alignDown(segments[loadable.front()].address, kPageSize);
}

std::optional<uint64_t> Image::preferredAddress() const {
  const uint64_t page = isExecutable ? 0 : firstPage();
  return page ? std::optional(page) : std::nullopt;
}

bool Image::hasTextRelocations() const {
  return dynamicValue(DT_TEXTREL) ||
         (dynamicValue(DT_FLAGS).value_or(0) & DF_TEXTREL);
}

std::vector<DynamicTable> Image::tables() const {
  const uint32_t relocations = hasAddends ? SHT_RELA : SHT_REL;
  return {{DT_SYMTAB, symbolTable, SHT_DYNSYM},
          {DT_STRTAB, stringTable, SHT_STRTAB},
          {DT_HASH, hashTable, SHT_HASH},
          {DT_GNU_HASH, gnuHashTable, SHT_GNU_HASH},
          {DT_VERSYM, versionTable, SHT_GNU_versym},
          {DT_VERNEED, neededVersionTable, SHT_GNU_verneed},
          {DT_VERDEF, definedVersionTable, SHT_GNU_verdef},
          {hasAddends ? DT_RELA : DT_REL, relocationTable, relocations},
          {DT_JMPREL, pltRelocationTable, relocations},
          {DT_RELR, relrTable, SHT_RELR}};
}

StringRef Image::string(uint64_t offset) const {
  return reinterpret_cast<const char *>(strings.data()) + offset;
}

StringRef Image::name(const DynamicSymbol &symbol) const {
  return string(symbol.nameOffset);
}

StringRef Image::name(const Section &section) const {
  return reinterpret_cast<const char *>(bytes.data()) +
         sections[sectionNamesIndex].offset + section.nameOffset;
}

std::string Image::describe(uint32_t index) const {
  return formatv("section {0} ({1})", index, name(sections[index]));
}

std::optional<uint32_t> Image::mainIndex(const Relocation &relocation) const {
  const std::less<const Relocation *> before;
  const Relocation *begin = relocations.data();
  if (before(&relocation, begin) ||
      !before(&relocation, begin + relocations.size()))
    return std::nullopt;
  return &relocation - begin;
}

const NeededVersion *Image::neededVersion(uint16_t index) const {
  const auto found = find_if(neededVersions, [&](const NeededVersion &need) {
    return need.index == index;
  });
  return found == neededVersions.end() ? nullptr : &*found;
}

const Segment *Image::segmentAt(uint64_t address, uint64_t size) const {
  // The first segment that begins past the address; the one before it holds
  // the address, if any does. A file may have 65,534 of them.
  const auto after = partition_point(loadable, [&](uint32_t index) {
    return segments[index].address <= address;
  });
  if (after == loadable.begin())
    return nullptr;
  const Segment &segment = segments[*std::prev(after)];
  const uint64_t delta = address - segment.address;
  return delta < segment.memorySize && size <= segment.memorySize - delta
             ? &segment
             : nullptr;
}

Bytes Image::contents(const Segment &segment) const {
  return segment.fileSize ? bytes.slice(segment.offset, segment.fileSize)
                          : Bytes();
}

Bytes Image::contentsFrom(uint64_t address) const {
  const Segment *segment = segmentAt(address);
  if (!segment || address - segment->address >= segment->fileSize)
    return Bytes();
  return contents(*segment).drop_front(address - segment->address);
}

Bytes Image::contentsAt(uint64_t address, uint64_t size) const {
  const Bytes contents = contentsFrom(address);
  return size <= contents.size() ? contents.take_front(size) : Bytes();
}

std::optional<uint64_t> Image::word(uint64_t address) const {
  const Bytes contents = contentsAt(address, wordSize());
  if (contents.empty())
    return std::nullopt;
  return is64 ? support::endian::read64le(contents.data())
              : support::endian::read32le(contents.data());
}

std::string dynamicTagName(int64_t tag) {
  // Only the tags of all machines: those of one machine share numbers.
#define AARCH64_DYNAMIC_TAG(name, value)
#define HEXAGON_DYNAMIC_TAG(name, value)
#define MIPS_DYNAMIC_TAG(name, value)
#define PPC_DYNAMIC_TAG(name, value)
#define PPC64_DYNAMIC_TAG(name, value)
#define RISCV_DYNAMIC_TAG(name, value)
#undef SPARC_DYNAMIC_TAG // which LLVM's ELF.h leaves behind
#define SPARC_DYNAMIC_TAG(name, value)
#define DYNAMIC_TAG_MARKER(name, value)
#define DYNAMIC_TAG(name, value)                                               \
  case value:                                                                  \
    return "DT_" #name;
  switch (tag) {
#include "llvm/BinaryFormat/DynamicTags.def"
  default:
    return formatv("dynamic tag {0:x}", tag);
  }
#undef DYNAMIC_TAG
#undef DYNAMIC_TAG_MARKER
#undef SPARC_DYNAMIC_TAG
#undef RISCV_DYNAMIC_TAG
#undef PPC64_DYNAMIC_TAG
#undef PPC_DYNAMIC_TAG
#undef MIPS_DYNAMIC_TAG
#undef HEXAGON_DYNAMIC_TAG
#undef AARCH64_DYNAMIC_TAG
}

} // namespace objprelink
