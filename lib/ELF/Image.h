//===- Image.h - a shared library or PIE, of either class -------*- C++ -*-===//
//
// The model of an ET_DYN file as its loader sees it: segments, the dynamic
// table and what that points to. Section headers are an extra that may be
// absent. Read-only; it refers to the bytes of the file.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_ELF_IMAGE_H
#define OBJPRELINK_ELF_IMAGE_H

#include "ELF/Object.h"
#include <optional>

namespace objprelink {

/// A program header (gABI, "Program Header").
struct Segment {
  uint32_t type = 0;
  uint32_t flags = 0;
  uint64_t offset = 0;
  uint64_t address = 0;
  uint64_t physicalAddress = 0;
  uint64_t fileSize = 0;
  uint64_t memorySize = 0;
  uint64_t alignment = 0;

  uint64_t addressEnd() const { return address + memorySize; }
};

/// An entry of the dynamic table (gABI, "Dynamic Section").
struct DynamicEntry {
  int64_t tag = 0;
  uint64_t value = 0;
};

/// A range of addresses that the dynamic table describes; size 0 is none.
struct AddressRange {
  uint64_t address = 0;
  uint64_t size = 0;

  uint64_t end() const { return address + size; }
  bool contains(uint64_t a) const { return a >= address && a - address < size; }
  bool empty() const { return size == 0; }
};

/// A dynamic symbol and the version that it has or wants. Its section index
/// tells undefined, absolute and defined apart, as ld.so does, and no more:
/// tools that change section headers leave it stale.
struct DynamicSymbol : Symbol {
  /// DT_VERSYM's value: index and the hidden bit (0x8000); 1 (global) where
  /// there is no DT_VERSYM.
  uint16_t version = llvm::ELF::VER_NDX_GLOBAL;

  uint16_t versionIndex() const {
    return version & ~uint16_t(llvm::ELF::VERSYM_HIDDEN);
  }
  bool isHiddenVersion() const { return version & llvm::ELF::VERSYM_HIDDEN; }
};

/// A version that a needed library must have (one Vernaux).
struct NeededVersion {
  llvm::StringRef library;
  llvm::StringRef name;
  uint16_t index = 0;
};

/// A version that the image itself defines (one Verdef).
struct DefinedVersion {
  llvm::StringRef name;
  uint16_t index = 0;
  /// VER_FLG_BASE: it names the file, not a version.
  bool isBase = false;
};

/// A table that the dynamic table leads to.
struct DynamicTable {
  int64_t tag = 0;
  AddressRange range;
  /// Of the header of a section that is the table.
  uint32_t sectionType = 0;
};

/// A validated ET_DYN file. All loadable segments lie in the file, are in
/// rising order of addresses and of offsets, and do not overlap in either;
/// every table that the members describe lies in a segment's file contents;
/// each index that they hold is in range; string tables end in a zero byte. A
/// relocation's place lies in a segment, unless its type is 0 (R_*_NONE in all
/// psABIs), but not always whole, and not always in the file.
struct Image {
  Bytes bytes;
  bool is64 = false;
  /// ET_EXEC: a program at fixed addresses. Only readLoadable() gives one.
  bool isExecutable = false;
  uint16_t machine = 0;
  uint64_t entry = 0;
  uint64_t segmentTableOffset = 0;
  uint64_t sectionTableOffset = 0; ///< 0 is none
  uint32_t sectionNamesIndex = 0;
  std::vector<Segment> segments;
  std::vector<Section> sections;     ///< empty where there are no headers
  std::vector<DynamicEntry> dynamic; ///< without the DT_NULL at the end
  /// The value of a DT_PLTRELSZ behind the DT_NULL: what ltrace shall count.
  std::optional<uint64_t> countedPltSize;
  /// Where the dynamic table is, DT_NULLs at its end included.
  AddressRange dynamicRange;
  /// DF_BIND_NOW, DF_1_NOW or DT_BIND_NOW.
  bool isBindNow = false;
  std::vector<DynamicSymbol> symbols;
  std::vector<NeededVersion> neededVersions;
  std::vector<DefinedVersion> definedVersions;
  /// Of the main table (DT_RELA or DT_REL) and the PLT's (DT_JMPREL). Where the
  /// main table's size includes the PLT's part at its end, as ld.so allows,
  /// that part is in pltRelocations alone.
  std::vector<Relocation> relocations;
  std::vector<Relocation> pltRelocations;
  /// The places that DT_RELR relocates, decoded, in order.
  std::vector<uint64_t> relrPlaces;
  /// Whether the tables are of RELA type; where there is none, whether that is
  /// the usual type of the class.
  bool hasAddends = false;
  AddressRange relocationTable, pltRelocationTable, relrTable;
  /// The tag of a table of Android's, if there is one, whose relocations are
  /// among the others. Only readLinkedImage() reads such tables, and nothing
  /// can be written for an image that has one.
  std::optional<int64_t> packedTable;
  AddressRange symbolTable, stringTable, versionTable, neededVersionTable;
  /// DT_VERDEF, to the end of the last version's first name.
  AddressRange definedVersionTable;
  /// DT_HASH and DT_GNU_HASH, to the end of the chains.
  AddressRange hashTable, gnuHashTable;
  /// DT_STRTAB's bytes.
  Bytes strings;
  /// The pages of PT_GNU_RELRO, as ld.so protects them (_dl_protect_relro):
  /// both ends are rounded down, so that the last bytes of the segment may be
  /// outside, and what shares its first page is inside.
  AddressRange relro;
  /// The indices of the loadable segments.
  std::vector<uint32_t> loadable;
  /// What is wrong and ld.so does not mind, in the manner of messages. Only
  /// readLoadable() lets it pass.
  std::vector<std::string> tolerated;

  /// The smallest page of the machines that we know: kernels may use larger
  /// ones, and then protect less.
  static constexpr uint64_t kPageSize = 0x1000;

  /// Of an address, in bytes.
  unsigned wordSize() const { return is64 ? 8 : 4; }
  /// The size of \p count program headers, and of those that there are.
  uint64_t programHeadersSize(uint64_t count) const;
  uint64_t programHeadersSize() const {
    return programHeadersSize(segments.size());
  }
  /// The offset of the end of the program header table.
  uint64_t programHeadersEnd() const {
    return segmentTableOffset + programHeadersSize();
  }
  /// The offset of the end of the section header table, if there is one.
  uint64_t sectionHeadersEnd() const;
  bool hasTextRelocations() const;
  /// The address of the page of the first loadable segment, which is what the
  /// image begins with in memory; 0 without one.
  uint64_t firstPage() const;
  /// The address of the page of the first segment, where that is one that the
  /// image asks to be loaded at: it is not an executable, and it is not 0.
  std::optional<uint64_t> preferredAddress() const;
  /// The value of the last entry with \p tag, which is the one that ld.so uses.
  std::optional<uint64_t> dynamicValue(int64_t tag) const;
  /// All of the above; some may be empty.
  std::vector<DynamicTable> tables() const;
  llvm::StringRef name(const DynamicSymbol &symbol) const;
  llvm::StringRef name(const Section &section) const;
  /// The string at \p offset of DT_STRTAB, which is one that was validated: of
  /// a symbol, or the value of DT_NEEDED and the like.
  llvm::StringRef string(uint64_t offset) const;
  /// The version with \p index (hidden bit removed) that a needed library must
  /// have, or null.
  const NeededVersion *neededVersion(uint16_t index) const;
  /// The index of \p relocation, which is one of the image's, in relocations;
  /// nothing where it is of pltRelocations.
  std::optional<uint32_t> mainIndex(const Relocation &relocation) const;
  /// "section 7 (.rela.dyn)", as messages name a section.
  std::string describe(uint32_t sectionIndex) const;
  /// The segment whose memory holds [address, address + size) whole, or null.
  const Segment *segmentAt(uint64_t address, uint64_t size = 1) const;
  /// What \p segment has in the file. One that has nothing there may have any
  /// offset.
  Bytes contents(const Segment &segment) const;
  /// The bytes at [address, address + size); empty where they are not all in
  /// the file contents of one loadable segment.
  Bytes contentsAt(uint64_t address, uint64_t size) const;
  /// The word at \p address, where all of it is in the file.
  std::optional<uint64_t> word(uint64_t address) const;
  /// The bytes from \p address on to the end of its segment's file contents.
  Bytes contentsFrom(uint64_t address) const;
};

/// "DT_RELA", as messages name an entry of the dynamic table.
std::string dynamicTagName(int64_t tag);

} // namespace objprelink

#endif
