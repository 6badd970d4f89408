//===- Object.h - a relocatable object, whatever its class ------*- C++ -*-===//
//
// The model that everything between the reader and the writer works on. It is
// class-neutral (ELFCLASS32 values are widened), read-only, and refers to the
// bytes of the file. What a rewrite adds is an ObjectEdit beside it.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_ELF_OBJECT_H
#define OBJPRELINK_ELF_OBJECT_H

#include "Support/Extents.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Allocator.h"
#include <string>
#include <vector>

namespace objprelink {

/// A section header (gABI, "Section Header Table").
struct Section {
  uint32_t nameOffset = 0;
  uint32_t type = 0;
  uint64_t flags = 0;
  uint64_t address = 0;
  uint64_t offset = 0;
  uint64_t size = 0;
  uint32_t link = 0;
  uint32_t info = 0;
  uint64_t alignment = 0;
  uint64_t entrySize = 0;

  /// Whether the section's bytes are in the file.
  bool hasBytes() const {
    return type != llvm::ELF::SHT_NOBITS && type != llvm::ELF::SHT_NULL;
  }
  bool isRelocations() const {
    return type == llvm::ELF::SHT_REL || type == llvm::ELF::SHT_RELA ||
           type == llvm::ELF::SHT_CREL;
  }
};

/// A symbol table entry (gABI, "Symbol Table").
struct Symbol {
  uint32_t nameOffset = 0;
  /// Where it is defined: the index of a section, extended indices resolved,
  /// or one of the values below, which no section has.
  uint32_t section = 0;
  uint64_t value = 0;
  uint64_t size = 0;
  uint8_t type = 0;
  uint8_t binding = 0;
  uint8_t visibility = 0;

  /// Reserved indices other than SHN_XINDEX, moved out of the way of files
  /// with more than 65,279 sections.
  static constexpr uint32_t kReserved = 0xffff0000;
  static constexpr uint32_t kAbsolute = kReserved | llvm::ELF::SHN_ABS;
  static constexpr uint32_t kCommon = kReserved | llvm::ELF::SHN_COMMON;

  bool isUndefined() const { return section == llvm::ELF::SHN_UNDEF; }
  /// Whether it is defined in a section of the object.
  bool isInSection() const { return !isUndefined() && section < kReserved; }
};

/// A relocation of any encoding. REL entries have their addend in the place
/// that they relocate; it is read from there.
struct Relocation {
  uint64_t offset = 0;
  uint32_t type = 0;
  uint32_t symbol = 0;
  int64_t addend = 0;
};

/// A validated ET_REL file: every header lies in the file, no two sections
/// overlap, string tables end in a zero byte, and each index that the members
/// hold is in range.
struct Object {
  Bytes bytes;
  bool is64 = false;
  uint16_t machine = 0;
  uint64_t sectionTableOffset = 0;
  uint32_t sectionNamesIndex = 0;
  /// The symbol table, its names and its extended section indices; 0 is none.
  uint32_t symbolTableIndex = 0;
  uint32_t symbolNamesIndex = 0;
  uint32_t extendedIndicesIndex = 0;
  std::vector<Section> sections;
  std::vector<Symbol> symbols;
  /// The sections in the order of their offsets in the file, empty ones too;
  /// without those whose offset is past its end.
  std::vector<uint32_t> fileOrder;

  Bytes contents(const Section &section) const {
    return section.hasBytes() ? bytes.slice(section.offset, section.size)
                              : Bytes();
  }
  llvm::StringRef name(const Section &section) const;
  llvm::StringRef name(const Symbol &symbol) const;
  /// Whether the name of \p symbol begins with \p prefix; cheaper than name().
  bool nameStartsWith(const Symbol &symbol, llvm::StringRef prefix) const;
  /// "section 7 (.rela.data)", as messages name a section.
  std::string describe(uint32_t sectionIndex) const;
};

/// A section that a rewrite adds after all others. There may be many of them,
/// so they hold no memory of their own.
struct NewSection {
  llvm::StringRef name;
  uint32_t type = 0;
  uint64_t flags = 0;
  uint32_t link = 0;
  uint32_t info = 0;
  uint64_t alignment = 1;
  uint64_t entrySize = 0;
  /// Kept by the edit, or longer.
  Bytes contents;
};

/// A symbol that a rewrite adds after all others, and so not a local one.
struct NewSymbol {
  std::string name;
  Symbol symbol;
};

/// What a rewrite changes. Indices of what stands in the object do not move;
/// new sections and symbols are numbered on from the last old ones.
struct ObjectEdit {
  struct Replacement {
    uint32_t section;
    ByteVector contents;
  };
  /// New contents of old sections, one for each at most.
  std::vector<Replacement> replacements;
  std::vector<NewSection> sections;
  std::vector<NewSymbol> symbols;

  /// Copies \p bytes to where they live as long as the edit.
  Bytes keep(Bytes bytes) { return bytes.copy(kept); }

private:
  llvm::BumpPtrAllocator kept;
};

} // namespace objprelink

#endif
