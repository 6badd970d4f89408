//===- TinyImage.h - a shared library built in memory -----------*- C++ -*-===//
//
// The smallest image that has one of each table that readImage reads, of
// either class, in RELA (64 bits) or REL (32 bits) form. Tests change it in
// place, through pointers to its parts, and read it.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_UNIT_TINYIMAGE_H
#define OBJPRELINK_UNIT_TINYIMAGE_H

#include "ELF/Relr.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELFTypes.h"

namespace objprelink {

template <class ELFT> struct TinyImage {
  using Ehdr = typename ELFT::Ehdr;
  using Phdr = typename ELFT::Phdr;
  using Shdr = typename ELFT::Shdr;
  using Dyn = typename ELFT::Dyn;
  using Sym = typename ELFT::Sym;
  using Rel = std::conditional_t<ELFT::Is64Bits, typename ELFT::Rela,
                                 typename ELFT::Rel>;
  using Word = typename ELFT::Word;
  using Half = typename ELFT::Half;

  static constexpr bool kIs64 = ELFT::Is64Bits;
  static constexpr int64_t kRel =
      ELFT::Is64Bits ? llvm::ELF::DT_RELA : llvm::ELF::DT_REL;
  static constexpr int64_t kRelSize =
      ELFT::Is64Bits ? llvm::ELF::DT_RELASZ : llvm::ELF::DT_RELSZ;
  static constexpr int64_t kRelEntry =
      ELFT::Is64Bits ? llvm::ELF::DT_RELAENT : llvm::ELF::DT_RELENT;
  /// The writable segment: offset, address, bytes in the file and in memory.
  static constexpr uint64_t kData = 0x1000, kDataAddress = 0x2000,
                            kDataSize = 0x400, kDataMemory = 0x1800;
  /// Words of data, and one that is not in the file.
  static constexpr uint64_t kPlace = kDataAddress + 0x380,
                            kPltPlace = kDataAddress + 0x3a0,
                            kRelrPlace = kDataAddress + 0x3c0,
                            kNobitsPlace = kDataAddress + 0x1000;

  ByteVector bytes;
  uint64_t sectionsAt = 0, versionsNeededAt = 0, relocationsAt = 0;

  TinyImage() {
    using namespace llvm::ELF;
    bytes.resize(sizeof(Ehdr) + 5 * sizeof(Phdr));
    const std::string strings(
        std::string("\0f\0g\0libx.so\0V1\0V2\0tiny.so\0", 27));
    add(DT_STRTAB, strings);
    entry(DT_STRSZ, strings.size());
    std::vector<Sym> symbols(4);
    memset(symbols.data(), 0, symbols.size() * sizeof(Sym));
    symbols[1].st_name = 1; // f, undefined, of V1
    symbols[2].st_name = 3; // g, defined, of V2
    symbols[2].st_shndx = 1;
    symbols[2].st_value = kPlace;
    symbols[3].st_name = 1;
    symbols[3].st_shndx = SHN_ABS;
    add(DT_SYMTAB, symbols);
    entry(DT_SYMENT, sizeof(Sym));
    add(DT_HASH, words({1, 4, 2, 0, 0, 3, 0}));
    // One bloom word; the chain of the only bucket is symbols 2 and 3.
    std::vector<uint32_t> hash = {1, 2, 1, 0, 0};
    if (ELFT::Is64Bits)
      hash.push_back(0);
    hash.insert(hash.end(), {2, 2, 5});
    add(DT_GNU_HASH, words(hash));
    add(DT_VERSYM,
        std::vector<Half>{half(0), half(2), half(3 | 0x8000), half(1)});
    // libx.so (at 5) V1 (at 13) is version 2.
    add(DT_VERNEED, words({1 | 1 << 16, 5, 16, 0, 0, 2u << 16, 13, 0}));
    versionsNeededAt = entries.back().second;
    entry(DT_VERNEEDNUM, 1);
    // tiny.so (at 19) is the base, V2 (at 16) is version 3.
    add(DT_VERDEF, words({1 | VER_FLG_BASE << 16, 1 | 1 << 16, 0, 20, 28, 19, 0,
                          1, 3 | 1 << 16, 0, 20, 0, 16, 0}));
    entry(DT_VERDEFNUM, 2);
    const Rel main[] = {relocation(kPlace, 1, 1),
                        relocation(kNobitsPlace, 2, 1)};
    add(kRel, llvm::ArrayRef(main));
    relocationsAt = entries.back().second;
    entry(kRelSize, sizeof(main));
    entry(kRelEntry, sizeof(Rel));
    const Rel plt[] = {relocation(kPltPlace, 1, 7)};
    add(DT_JMPREL, llvm::ArrayRef(plt), /*alignment=*/1);
    entry(DT_PLTRELSZ, sizeof(plt));
    entry(DT_PLTREL, kRel);
    add(DT_RELR, *encodeRelr({kRelrPlace, kRelrPlace + 2 * kWord}, kIs64));
    entry(DT_RELRSZ, 2 * kWord);
    entry(DT_RELRENT, kWord);
    entry(DT_NEEDED, 5);
    entry(DT_SONAME, 19);
    finish();
  }

  Ehdr &header() { return *reinterpret_cast<Ehdr *>(bytes.data()); }
  Phdr *segments() {
    return reinterpret_cast<Phdr *>(bytes.data() + sizeof(Ehdr));
  }
  Shdr *sections() {
    return reinterpret_cast<Shdr *>(bytes.data() + sectionsAt);
  }
  Rel *relocations() {
    return reinterpret_cast<Rel *>(bytes.data() + relocationsAt);
  }
  /// The entry of the dynamic table; the second of two is a spare DT_NULL.
  Dyn &dynamic(int64_t tag) {
    auto *table = reinterpret_cast<Dyn *>(bytes.data() + kData);
    return *std::find_if(table, table + entries.size(),
                         [&](const Dyn &d) { return d.getTag() == tag; });
  }
  /// Makes the entry with \p tag one that nobody knows.
  void remove(int64_t tag) { dynamic(tag).d_tag = 0x6fff1234; }
  void *at(uint64_t offset) { return bytes.data() + offset; }
  uint64_t offsetOf(int64_t tag) { return dynamic(tag).getVal(); }
  void setWord(uint64_t address, uint64_t value) {
    llvm::support::endian::write<typename ELFT::uint, llvm::endianness::little>(
        at(address - kDataAddress + kData), value);
  }

private:
  static constexpr uint64_t kWord = sizeof(typename ELFT::uint);

  static Half half(uint16_t value) {
    Half out;
    out = value;
    return out;
  }
  static std::vector<Word> words(llvm::ArrayRef<uint32_t> values) {
    std::vector<Word> out(values.size());
    llvm::copy(values, out.begin());
    return out;
  }
  static Rel relocation(uint64_t place, uint32_t symbol, uint32_t type) {
    Rel out;
    memset(&out, 0, sizeof(out));
    out.r_offset = place;
    out.setSymbolAndType(symbol, type, false);
    if constexpr (ELFT::Is64Bits)
      out.r_addend = 16;
    return out;
  }

  void entry(int64_t tag, uint64_t value) { entries.push_back({tag, value}); }
  /// Appends a table; offsets are addresses in the first segment.
  template <class T>
  void add(int64_t tag, const T &table, uint64_t alignment = 8) {
    bytes.resize(llvm::alignTo(bytes.size(), alignment));
    entry(tag, bytes.size());
    const auto *data = reinterpret_cast<const uint8_t *>(table.data());
    bytes.append(data, data + table.size() * sizeof(*table.data()));
  }

  void finish() {
    using namespace llvm::ELF;
    bytes.resize(kData + kDataSize);
    auto *table = reinterpret_cast<Dyn *>(at(kData));
    for (auto [tag, value] : entries) {
      table->d_tag = tag;
      table++->d_un.d_val = value;
    }
    setWord(kPlace, 0x77);
    setSegment(0, PT_LOAD, PF_R | PF_X, 0, 0, kData, kData, 0x1000);
    setSegment(1, PT_LOAD, PF_R | PF_W, kData, kDataAddress, kDataSize,
               kDataMemory, 0x1000);
    setSegment(2, PT_DYNAMIC, PF_R | PF_W, kData, kDataAddress,
               (entries.size() + 2) * sizeof(Dyn),
               (entries.size() + 2) * sizeof(Dyn), 8);
    setSegment(3, PT_GNU_RELRO, PF_R, kData, kDataAddress, kDataSize, 0x1010,
               1);
    setSegment(4, PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 16);

    const uint64_t namesAt = bytes.size();
    const std::string names(std::string("\0.dynsym\0.shstrtab\0", 19));
    bytes.append(names.begin(), names.end());
    sectionsAt = llvm::alignTo(bytes.size(), 8);
    bytes.resize(sectionsAt + 3 * sizeof(Shdr));
    Shdr *section = sections();
    section[1].sh_name = 1;
    section[1].sh_type = SHT_DYNSYM;
    section[1].sh_addr = offsetOf(DT_SYMTAB);
    section[1].sh_offset = offsetOf(DT_SYMTAB);
    section[1].sh_size = 4 * sizeof(Sym);
    section[1].sh_entsize = sizeof(Sym);
    section[2].sh_name = 9;
    section[2].sh_type = SHT_STRTAB;
    section[2].sh_offset = namesAt;
    section[2].sh_size = names.size();

    Ehdr &head = header();
    memcpy(head.e_ident, ElfMagic, 4);
    head.e_ident[EI_CLASS] = kIs64 ? ELFCLASS64 : ELFCLASS32;
    head.e_ident[EI_DATA] = ELFDATA2LSB;
    head.e_ident[EI_VERSION] = EV_CURRENT;
    head.e_type = ET_DYN;
    head.e_machine = kIs64 ? EM_X86_64 : EM_386;
    head.e_version = EV_CURRENT;
    head.e_ehsize = sizeof(Ehdr);
    head.e_phoff = sizeof(Ehdr);
    head.e_phentsize = sizeof(Phdr);
    head.e_phnum = 5;
    head.e_shoff = sectionsAt;
    head.e_shentsize = sizeof(Shdr);
    head.e_shnum = 3;
    head.e_shstrndx = 2;
  }

  void setSegment(int index, uint32_t type, uint32_t flags, uint64_t offset,
                  uint64_t address, uint64_t fileSize, uint64_t memorySize,
                  uint64_t alignment) {
    Phdr &segment = segments()[index];
    segment.p_type = type;
    segment.p_flags = flags;
    segment.p_offset = offset;
    segment.p_vaddr = address;
    segment.p_paddr = address;
    segment.p_filesz = fileSize;
    segment.p_memsz = memorySize;
    segment.p_align = alignment;
  }

  std::vector<std::pair<int64_t, uint64_t>> entries;
};

} // namespace objprelink

#endif
