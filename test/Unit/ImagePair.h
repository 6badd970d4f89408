//===- ImagePair.h - an image and what a rewrite makes of it ----*- C++ -*-===//
//
// A picture of a shared library that is written down as bytes at the end, so
// that a test changes one thing of it: a relocation, a segment, a byte of code.
// makeOld() draws one with a vtable and a PLT, the other functions are a writer
// of their own, for tests alone, that makes of it what each form of output is.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_UNIT_IMAGEPAIR_H
#define OBJPRELINK_UNIT_IMAGEPAIR_H

#include "ELF/ImageReader.h"
#include "ELF/Relr.h"
#include "ELF/RewriteNote.h"
#include "Target/Target.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELF.h"

namespace objprelink {

using CodeRow = std::initializer_list<uint8_t>;

template <class ELFT> struct Picture {
  using Rel = std::conditional_t<ELFT::Is64Bits, typename ELFT::Rela,
                                 typename ELFT::Rel>;
  static constexpr bool kIs64 = ELFT::Is64Bits;
  static constexpr uint64_t kWord = kIs64 ? 8 : 4;
  static constexpr uint64_t kHeader = kIs64 ? 64 : 52;
  static constexpr uint64_t kProgramHeader = kIs64 ? 56 : 32;

  struct Load {
    uint64_t address;
    uint32_t flags;
    ByteVector bytes;
    uint64_t memorySize;
    uint64_t alignment = 0x1000;
    uint64_t offset = 0;
  };
  struct Other {
    uint32_t type, flags;
    uint64_t address, size, alignment;
    uint64_t memorySize = 0;
  };
  struct Header {
    std::string name;
    uint32_t type;
    uint64_t flags, address, size;
    std::string contents = {};
    uint32_t link = 0;
    uint64_t slide = 0; ///< how wrong the offset is
    uint32_t info = 0;
    uint64_t alignment = 0, entrySize = 0;
  };

  std::vector<Load> loads;
  std::vector<Other> others;
  std::vector<Header> sections;
  std::vector<std::pair<int64_t, uint64_t>> dynamic;
  std::vector<Relocation> main, plt;
  std::vector<uint64_t> relr;
  uint64_t mainAt = 0, pltAt = 0, relrAt = 0, dynamicAt = 0, noteAt = 0;
  uint64_t entry = 0x1000;
  uint32_t flags = 0;
  uint16_t machine = target().machine;
  uint64_t headerPadding = 0;
  NoteContents note;
  bool hasNote = false;
  /// What the dynamic table says of the relocations' type.
  bool hasAddends = kIs64;

  const Target &target() const {
    return kIs64 ? getX86_64Target() : getI386Target();
  }
  auto findLoad(uint64_t address) {
    return llvm::find_if(loads, [&](const Load &load) {
      return address >= load.address &&
             address - load.address < load.bytes.size();
    });
  }
  bool hasByte(uint64_t address) { return findLoad(address) != loads.end(); }
  Load &loadAt(uint64_t address) { return *findLoad(address); }
  uint8_t *at(uint64_t address) {
    Load &load = loadAt(address);
    return load.bytes.data() + (address - load.address);
  }
  void put(uint64_t address, Bytes bytes) {
    // There may be no memory for none.
    if (!bytes.empty())
      llvm::copy(bytes, at(address));
  }
  void put(uint64_t address, llvm::StringRef text) {
    put(address, Bytes(text.bytes_begin(), text.size()));
  }
  void putWord(uint64_t address, uint64_t value) {
    llvm::support::endian::write<typename ELFT::uint, llvm::endianness::little>(
        at(address), value);
  }
  void put32(uint64_t address, uint32_t value) {
    llvm::support::endian::write32le(at(address), value);
  }
  uint64_t &dyn(int64_t tag) {
    for (auto &[t, value] : dynamic)
      if (t == tag)
        return value;
    return dynamic.emplace_back(tag, 0).second;
  }
  void removeDyn(int64_t tag) {
    llvm::erase_if(dynamic, [&](auto &entry) { return entry.first == tag; });
  }
  Other &other(uint32_t type) {
    return *llvm::find_if(others, [&](auto &o) { return o.type == type; });
  }
  Header &section(llvm::StringRef name) {
    return *llvm::find_if(sections, [&](auto &s) { return s.name == name; });
  }
  Relocation &relocation(uint64_t place) {
    for (auto *table : {&main, &plt})
      for (Relocation &relocation : *table)
        if (relocation.offset == place)
          return relocation;
    return main.front();
  }

  /// Code: rows of bytes, each with a field after it. Returns its end.
  uint64_t code(uint64_t address, CodeRow row) {
    put(address, Bytes(row));
    return address + row.size();
  }
  /// The 32-bit distance from the field's end, or from \p base.
  uint64_t distance(uint64_t address, uint64_t to, uint64_t base = 0) {
    put32(address, to - (base ? base : address + 4));
    return address + 4;
  }
  uint64_t pad(uint64_t address, bool hasPads) {
    return hasPads
               ? code(address, {0xf3, 0x0f, 0x1e, uint8_t(kIs64 ? 0xfa : 0xfb)})
               : address;
  }

  static Rel encode(const Relocation &relocation) {
    Rel out;
    memset(&out, 0, sizeof(out));
    out.r_offset = relocation.offset;
    out.setSymbolAndType(relocation.symbol, relocation.type, false);
    if constexpr (kIs64)
      out.r_addend = relocation.addend;
    return out;
  }
  void putTable(uint64_t address, llvm::ArrayRef<Relocation> table) {
    for (const Relocation &relocation : table) {
      const Rel rel = encode(relocation);
      put(address, Bytes(reinterpret_cast<const uint8_t *>(&rel), sizeof(rel)));
      address += sizeof(rel);
      // Padding is not in the file.
      if (!kIs64 && relocation.type && hasByte(relocation.offset))
        putWord(relocation.offset, relocation.addend);
    }
  }

  uint64_t headersEnd() const {
    return kHeader + (loads.size() + others.size()) * kProgramHeader;
  }

  void putTables() {
    using namespace llvm::ELF;
    putTable(mainAt, main);
    putTable(pltAt, plt);
    dyn(hasAddends ? DT_RELA : DT_REL) = mainAt;
    dyn(hasAddends ? DT_RELASZ : DT_RELSZ) = main.size() * sizeof(Rel);
    dyn(DT_JMPREL) = pltAt;
    dyn(DT_PLTRELSZ) = plt.size() * sizeof(Rel);
    if (!relr.empty()) {
      const ByteVector table = *encodeRelr(relr, kIs64);
      put(relrAt, Bytes(table));
      dyn(DT_RELR) = relrAt;
      dyn(DT_RELRSZ) = table.size();
      dyn(DT_RELRENT) = kWord;
    }
  }

  void putDynamic() {
    uint64_t address = dynamicAt;
    for (auto [tag, value] : dynamic) {
      putWord(address, tag);
      putWord(address + kWord, value);
      address += 2 * kWord;
    }
    memset(at(address), 0, 2 * kWord);
  }

  uint64_t offsetOf(uint64_t address) {
    for (const Load &load : loads)
      if (address >= load.address &&
          address - load.address <= load.bytes.size())
        return address - load.address + load.offset;
    return 0;
  }

  void putSegments() {
    using namespace llvm::ELF;
    uint64_t address = kHeader;
    const auto append = [&](uint32_t type, uint32_t flags, uint64_t offset,
                            uint64_t where, uint64_t size, uint64_t memorySize,
                            uint64_t alignment) {
      typename ELFT::Phdr header;
      header.p_type = type;
      header.p_flags = flags;
      header.p_offset = offset;
      header.p_vaddr = where;
      header.p_paddr = where;
      header.p_filesz = size;
      header.p_memsz = memorySize;
      header.p_align = alignment;
      put(address,
          Bytes(reinterpret_cast<const uint8_t *>(&header), sizeof(header)));
      address += sizeof(header);
    };
    for (Load &load : loads)
      append(PT_LOAD, load.flags, load.offset, load.address, load.bytes.size(),
             load.memorySize, load.alignment);
    for (Other &o : others) {
      if (o.type == PT_PHDR)
        o.size = (loads.size() + others.size()) * kProgramHeader;
      append(o.type, o.flags, offsetOf(o.address), o.address, o.size,
             o.memorySize ? o.memorySize : o.size, o.alignment);
    }
  }

  /// Section headers at the end, with their names.
  void appendSections(ByteVector &out) {
    using namespace llvm::ELF;
    using Shdr = typename ELFT::Shdr;
    if (sections.empty())
      return;
    std::string names(1, 0);
    std::vector<Shdr> headers(sections.size());
    memset(headers.data(), 0, headers.size() * sizeof(Shdr));
    for (auto [section, header] : llvm::zip(sections, headers)) {
      header.sh_name = names.size();
      names += section.name + std::string(1, 0);
    }
    for (auto [section, header] : llvm::zip(sections, headers)) {
      if (section.name == ".shstrtab")
        section.contents = names;
      header.sh_type = section.type;
      header.sh_flags = section.flags;
      header.sh_addr = section.address;
      header.sh_link = section.link;
      header.sh_info = section.info;
      header.sh_addralign = section.alignment;
      header.sh_entsize = section.entrySize;
      if (section.flags & SHF_ALLOC) {
        header.sh_offset = offsetOf(section.address) + section.slide;
        header.sh_size = section.size;
        continue;
      }
      header.sh_offset = out.size();
      header.sh_size = section.contents.size();
      out.append(section.contents.begin(), section.contents.end());
    }
    headers[0] = Shdr();
    memset(&headers[0], 0, sizeof(Shdr));
    out.resize(llvm::alignTo(out.size(), 8));
    auto &head = *reinterpret_cast<typename ELFT::Ehdr *>(out.data());
    head.e_shoff = out.size();
    head.e_shnum = sections.size();
    head.e_shentsize = sizeof(Shdr);
    for (auto [index, section] : llvm::enumerate(sections))
      if (section.name == ".shstrtab")
        head.e_shstrndx = index;
    const auto *data = reinterpret_cast<const uint8_t *>(headers.data());
    out.append(data, data + headers.size() * sizeof(Shdr));
  }

  void putHeader() {
    using namespace llvm::ELF;
    typename ELFT::Ehdr head;
    memset(&head, 0, sizeof(head));
    memcpy(head.e_ident, ElfMagic, 4);
    head.e_ident[EI_CLASS] = kIs64 ? ELFCLASS64 : ELFCLASS32;
    head.e_ident[EI_DATA] = ELFDATA2LSB;
    head.e_ident[EI_VERSION] = EV_CURRENT;
    head.e_ident[EI_PAD] = headerPadding;
    head.e_type = ET_DYN;
    head.e_machine = machine;
    head.e_version = EV_CURRENT;
    head.e_ehsize = sizeof(head);
    head.e_phoff = kHeader;
    head.e_phentsize = kProgramHeader;
    head.e_phnum = loads.size() + others.size();
    head.e_entry = entry;
    head.e_flags = flags;
    put(0, Bytes(reinterpret_cast<const uint8_t *>(&head), sizeof(head)));
  }

  /// The file.
  ByteVector write() const {
    Picture copy = *this;
    return copy.writeOnce();
  }

private:
  ByteVector writeOnce() {
    uint64_t offset = 0;
    for (Load &load : loads) {
      load.offset = llvm::alignTo(offset, 0x1000) + load.address % 0x1000;
      offset = load.offset + load.bytes.size();
    }
    // What is in the pages is what tests changed; tables come last.
    putTables();
    if (hasNote)
      put(noteAt, Bytes(encodeNote(note)));
    putDynamic();
    putSegments();
    putHeader();
    ByteVector out;
    for (const Load &load : loads) {
      out.resize(load.offset);
      out.append(load.bytes.begin(), load.bytes.end());
    }
    appendSections(out);
    return out;
  }
};

/// Gives the note in \p file the hash that it ought to have, if it can be
/// found.
inline void rehash(ByteVector &file) {
  llvm::Expected<Image> image = readImage(file);
  if (!image)
    return consumeError(image.takeError());
  llvm::Expected<std::optional<FoundNote>> note = findNote(*image);
  if (!note)
    return consumeError(note.takeError());
  if (*note)
    llvm::copy(contentHash(*image, **note), file.begin() + (*note)->hashOffset);
}

} // namespace objprelink

#endif
