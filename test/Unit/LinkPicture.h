//===- LinkPicture.h - two links of the same inputs -------------*- C++ -*-===//
//
// A picture of a shared library in which each section can be anywhere: the
// plain link, and one with an entry more in its PLT, in which every section is
// further than it was by another distance. It has a field of each kind that
// leads from one section to another.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_UNIT_LINKPICTURE_H
#define OBJPRELINK_UNIT_LINKPICTURE_H

#include "ImagePair.h"
#include <map>

namespace objprelink {

struct LinkPicture : Picture<llvm::object::ELF64LE> {
  using Base = Picture<llvm::object::ELF64LE>;
  using Sym = llvm::object::ELF64LE::Sym;
  enum Symbol : uint32_t { none, f, g, h, own, variable, end, thread, count };
  struct Place {
    uint64_t address, size;
  };
  /// What is a distance or an address, by section and offset.
  struct Field {
    std::string section;
    uint64_t offset;
    unsigned size;
  };

  /// Whether it has room, for an entry of f.
  const bool roomy;
  std::map<std::string, Place> places;
  std::vector<std::string> order;
  std::vector<Field> fields;

  explicit LinkPicture(bool roomy) : roomy(roomy) {
    using namespace llvm::ELF;
    layOut();
    Base::mainAt = to(".rela.dyn");
    Base::relrAt = to(".relr.dyn");
    Base::pltAt = to(".rela.plt");
    Base::dynamicAt = to(".dynamic");
    Base::entry = to(".text");
    load(PF_R, 0, endOf(".gcc_except_table"));
    load(PF_R | PF_X, to(".text"), endOf(".plt"));
    load(PF_R | PF_W, to(".tdata"), endOf(".got"));
    load(PF_R | PF_W, to(".data"), endOf(".got.plt"));
    loads.back().memorySize = endOf(".bss") - loads.back().address;
    others = {
        {PT_PHDR, PF_R, kHeader, 0, 8},
        {PT_DYNAMIC, PF_R | PF_W, to(".dynamic"), size(".dynamic"), 8},
        {PT_TLS, PF_R, to(".tdata"), size(".tdata"), 8},
        {PT_GNU_RELRO, PF_R, to(".tdata"), endOf(".got") - to(".tdata"), 1},
        {PT_GNU_EH_FRAME, PF_R, to(".eh_frame_hdr"), size(".eh_frame_hdr"), 4},
        {PT_GNU_STACK, PF_R | PF_W, 0, 0, 0}};
    if (roomy)
      others.push_back(
          {PT_NOTE, PF_R, to(".note.objprelink"), size(".note.objprelink"), 4});
    putSymbols();
    putCode();
    putUnwinding();
    putData();
    putDynamicTable();
    putSectionHeaders();
  }

  uint64_t to(const std::string &name, uint64_t offset = 0) const {
    return places.at(name).address + offset;
  }
  uint64_t size(const std::string &name) const { return places.at(name).size; }
  uint64_t endOf(const std::string &name) const { return to(name, size(name)); }
  uint64_t entryOf(uint32_t symbol) const {
    return to(".plt", symbol == h ? 16 : 32);
  }
  uint64_t wordOf(uint32_t symbol) const {
    return to(".got.plt", symbol == h ? 24 : 32);
  }

private:
  /// Sections that LLD lays out anew are further by multiples of a number that
  /// is no power of two, so that no two are further by the same.
  void layOut() {
    uint64_t next = 0x400;
    unsigned moved = 0;
    const auto add = [&](const char *name, uint64_t size, uint64_t page = 0) {
      if (page)
        next = page;
      next = llvm::alignTo(next, 16) + (roomy ? 48 * ++moved : 0);
      places[name] = {next, size};
      order.push_back(name);
      next += size;
      // What follows is not at its end.
      next = llvm::alignTo(next + 1, 16);
    };
    const uint64_t entries = roomy ? 2 : 1;
    if (roomy)
      add(".note.objprelink", 0x30);
    add(".dynsym", count * sizeof(Sym));
    add(".hash", (2 + 1 + count) * 4);
    add(".gnu.version", 2 * count);
    add(".gnu.version_r", 32);
    add(".dynstr", 0x60);
    add(".rela.dyn", 6 * sizeof(Rel));
    add(".relr.dyn", 8);
    add(".rela.plt", (entries + 1) * sizeof(Rel));
    add(".rodata", 0x40);
    add(".eh_frame_hdr", 12 + 2 * 8);
    add(".eh_frame", 0x80);
    add(".gcc_except_table", 0x20);
    add(".text", 0x80, 0x2000);
    add(".plt", 16 + 16 * entries);
    add(".tdata", 8, 0x4000);
    add(".data.rel.ro", 0x30);
    add(".dynamic", 0x180);
    add(".got", 0x20);
    add(".data", 0x20, 0x6000);
    add(".got.plt", 24 + 8 * (entries + 1));
    add(".bss", 0x20);
  }

  void load(uint32_t flags, uint64_t address, uint64_t end) {
    loads.push_back({address, flags, ByteVector(end - address), end - address});
  }

  void putSymbols() {
    using namespace llvm::ELF;
    const std::string names(
        "\0f\0g\0h\0own\0variable\0end\0thread\0lib.so\0V\0", 40);
    put(to(".dynstr"), names);
    const auto symbol = [&](uint32_t index, uint32_t name, uint8_t type,
                            const char *section, uint64_t value) {
      Sym out;
      memset(&out, 0, sizeof(out));
      out.st_name = name;
      out.setBindingAndType(STB_GLOBAL, type);
      out.st_value = value;
      if (section)
        out.st_shndx = numberOf(section);
      const uint64_t place = to(".dynsym", index * sizeof(Sym));
      put(place, Bytes(reinterpret_cast<const uint8_t *>(&out), sizeof(out)));
      if (section) {
        note(place + offsetof(Sym, st_shndx), 2);
        note(place + offsetof(Sym, st_value), 8);
      }
    };
    symbol(f, 1, STT_FUNC, nullptr, 0);
    symbol(g, 3, STT_FUNC, nullptr, 0);
    symbol(h, 5, STT_FUNC, nullptr, 0);
    symbol(own, 7, STT_FUNC, ".text", to(".text", 0x40));
    symbol(variable, 11, STT_OBJECT, ".data", to(".data", 8));
    symbol(end, 20, STT_NOTYPE, ".bss", endOf(".bss"));
    symbol(thread, 24, STT_TLS, ".tdata", 0);
    // f has version V of lib.so, which is number 2.
    for (uint32_t index = f; index < count; ++index)
      put(to(".gnu.version", 2 * index), Bytes({uint8_t(index == f ? 2 : 1)}));
    const uint64_t needed = to(".gnu.version_r");
    put32(needed, 1 | 1 << 16);
    put32(needed + 4, 31);
    put32(needed + 8, 16);
    put32(needed + 16, llvm::object::hashSysV("V"));
    put32(needed + 20, 2 << 16);
    put32(needed + 24, 38);
    put32(to(".hash"), 1);
    put32(to(".hash", 4), count);
  }

  void note(uint64_t address, unsigned size) {
    for (const auto &[name, place] : places)
      if (address >= place.address && address - place.address < place.size)
        fields.push_back({name, address - place.address, size});
  }
  /// The 32-bit distance from \p base to \p target.
  void putDistance(uint64_t address, uint64_t target, uint64_t base) {
    put32(address, target - base);
    note(address, 4);
  }
  void putAddress(uint64_t address, uint64_t value) {
    putWord(address, value);
    note(address, 8);
  }

  /// An instruction: its bytes, a distance and an immediate.
  uint64_t refer(uint64_t address, CodeRow row, uint64_t target,
                 CodeRow immediate = {}) {
    address = code(address, row);
    putDistance(address, target, address + 4 + immediate.size());
    return code(address + 4, immediate);
  }

  void putCode() {
    uint64_t next = to(".text");
    next = refer(next, {0x48, 0x8d, 0x3d}, to(".rodata", 0x20));    // lea
    next = refer(next, {0x83, 0x3d}, to(".data", 8), {1});          // cmpl $1
    next = refer(next, {0x66, 0xc7, 0x05}, to(".data", 8), {1, 0}); // movw
    next = refer(next, {0xc7, 0x05}, to(".bss", 8), {1, 0, 0, 0});  // movl
    next = refer(next, {0x48, 0x8b, 0x05}, to(".got"));             // mov
    next = refer(next, {0xe8}, entryOf(h));                         // call
    next = refer(next, {0x0f, 0x84}, entryOf(h));                   // je
    // add $number, %rax: it could be a distance to .data, and is none.
    next = code(next, {0x48, 0x05, 0x00, 0x40, 0x00, 0x00});
    // To what has moved with it: the same in both.
    next = refer(next, {0xe9}, to(".text", 0x40)); // jmp
    next = refer(to(".text", 0x40), {0xe9}, entryOf(h));
    code(next, {0xc3});

    next = to(".plt");
    next = refer(next, {0xff, 0x35}, to(".got.plt", 8));
    next = refer(next, {0xff, 0x25}, to(".got.plt", 16));
    for (uint32_t symbol : {h, f}) {
      if (symbol == f && !roomy)
        continue;
      const uint32_t index = plt.size();
      next = refer(entryOf(symbol), {0xff, 0x25}, wordOf(symbol));
      putAddress(wordOf(symbol), next);
      next = code(next, {0x68, uint8_t(index), 0, 0, 0});
      refer(next, {0xe9}, to(".plt"));
      plt.push_back({wordOf(symbol), target().jumpSlot, symbol, 0});
    }
    // What a function of its own chooses.
    plt.push_back({endOf(".got.plt") - 8, target().indirectRelative, 0,
                   int64_t(to(".text", 0x40))});
  }

  void putUnwinding() {
    const auto own = [&](uint64_t address, uint64_t target) {
      putDistance(address, target, address);
    };
    // A CIE, whose personality is found by a word of .data.
    const uint64_t frames = to(".eh_frame"), handlers = to(".gcc_except_table");
    put32(frames, 28);
    code(frames + 8, {1, 'z', 'P', 'L', 'R', 0, 1, 0x78, 16, 7, 0x9b});
    own(frames + 19, to(".data"));
    code(frames + 23, {0x1b, 0x1b, 0x0c, 7, 8, 0x90, 1, 0, 0});
    const uint64_t index = to(".eh_frame_hdr");
    code(index, {1, 0x1b, 3, 0x3b});
    own(index + 4, frames);
    put32(index + 8, 2);
    for (int function : {0, 1}) {
      const uint64_t frame = frames + 32 + 24 * function;
      const uint64_t begin = to(".text", 0x40 * function);
      put32(frame, 20);
      put32(frame + 4, frame + 4 - frames);
      own(frame + 8, begin);
      put32(frame + 12, 0x40);
      code(frame + 16, {4});
      own(frame + 17, handlers);
      putDistance(index + 12 + 8 * function, begin, index);
      putDistance(index + 16 + 8 * function, frame, index);
    }
    // Two call sites: the action of one has type 1, that of the other a
    // specification with type 2. The types end at 28.
    code(handlers,
         {0xff, 0x9b, 25, 1, 8, 0, 4, 8, 1, 8, 4, 9, 3, 1, 0, 0x7f, 0});
    own(handlers + 20, to(".data", 0x18));
    own(handlers + 24, to(".data", 0x10));
    code(handlers + 28, {2, 0});
  }

  void putData() {
    using namespace llvm::ELF;
    const Target &t = target();
    // A table of jumps, of which only what is between others is known to be
    // one, and a number behind it that could be a distance to .text.
    for (uint64_t entry : {0, 1, 2}) {
      const uint64_t place = to(".rodata", 4 * entry);
      put32(place, to(".text", 8 * entry) - to(".rodata"));
      if (entry == 1)
        note(place, 4);
    }
    put32(to(".rodata", 12), 0x1880);
    put(to(".rodata", 0x20), "text");
    const uint64_t slots = to(".data.rel.ro");
    main = {{slots, t.relative, 0, int64_t(to(".text", 0x40))},
            {slots + 8, t.relative, 0, int64_t(endOf(".bss"))},
            {slots + 16, t.relative, 0, int64_t(to(".data") - 8)},
            {slots + 24, t.absoluteWord, f, 0},
            {to(".got"), t.globDat, g, 0},
            {to(".got", 8), t.relative, 0, int64_t(to(".data", 8))}};
    // A number, which nothing relocates, that could be an address.
    putWord(to(".got", 16), 0x900);
    // DT_RELR adds to the last word.
    relr = {to(".got", 24)};
    putAddress(relr[0], to(".data", 16));
    putAddress(to(".got.plt"), to(".dynamic"));
  }

  void putDynamicTable() {
    using namespace llvm::ELF;
    dynamic = {{DT_NEEDED, 31},
               {DT_RELA, 0},
               {DT_RELASZ, 0},
               {DT_RELAENT, sizeof(Rel)},
               {DT_RELACOUNT, 2},
               {DT_JMPREL, 0},
               {DT_PLTRELSZ, 0},
               {DT_PLTGOT, to(".got.plt")},
               {DT_PLTREL, DT_RELA},
               {DT_SYMTAB, to(".dynsym")},
               {DT_SYMENT, sizeof(Sym)},
               {DT_STRTAB, to(".dynstr")},
               {DT_STRSZ, size(".dynstr")},
               {DT_HASH, to(".hash")},
               {DT_VERSYM, to(".gnu.version")},
               {DT_VERNEED, to(".gnu.version_r")},
               {DT_VERNEEDNUM, 1},
               {DT_INIT, to(".text")},
               {DT_FINI, to(".text", 0x40)}};
  }

  /// Of a section, in the order of its header.
  uint32_t numberOf(const std::string &name) const {
    return 1 + (llvm::find(order, name) - order.begin());
  }

  void putSectionHeaders() {
    using namespace llvm::ELF;
    sections = {{"", 0, 0, 0, 0}};
    for (const std::string &name : order) {
      const bool isWritable = to(name) >= to(".tdata");
      const bool isCode = name == ".text" || name == ".plt";
      const uint64_t flags = SHF_ALLOC |
                             (isWritable ? uint64_t(SHF_WRITE) : 0) |
                             (isCode ? uint64_t(SHF_EXECINSTR) : 0) |
                             (name == ".tdata" ? uint64_t(SHF_TLS) : 0);
      const uint32_t type = name == ".dynsym"            ? SHT_DYNSYM
                            : name == ".hash"            ? SHT_HASH
                            : name == ".gnu.version"     ? SHT_GNU_versym
                            : name == ".gnu.version_r"   ? SHT_GNU_verneed
                            : name == ".dynstr"          ? SHT_STRTAB
                            : name == ".dynamic"         ? SHT_DYNAMIC
                            : name == ".bss"             ? SHT_NOBITS
                            : name == ".note.objprelink" ? SHT_NOTE
                            : name == ".relr.dyn"        ? SHT_RELR
                            : name.starts_with(".rela")  ? SHT_RELA
                                                         : SHT_PROGBITS;
      sections.push_back({name, type, flags, to(name), size(name)});
    }
    section(".dynsym").link = section(".dynamic").link = numberOf(".dynstr");
    section(".dynsym").info = 1;
    section(".dynsym").entrySize = sizeof(Sym);
    section(".rela.plt").flags |= SHF_INFO_LINK;
    section(".rela.plt").info = numberOf(".got.plt");
    section(".gnu.version").link = numberOf(".dynsym");
    section(".gnu.version_r").link = numberOf(".dynstr");
    section(".gnu.version_r").info = 1;
    section(".rela.dyn").link = section(".rela.plt").link =
        section(".hash").link = numberOf(".dynsym");
    Sym symbols[4];
    memset(symbols, 0, sizeof(symbols));
    const auto set = [&](Sym &symbol, uint32_t name, uint8_t type,
                         const char *section, uint64_t value) {
      symbol.st_name = name;
      symbol.setBindingAndType(STB_LOCAL, type);
      symbol.st_shndx = numberOf(section);
      symbol.st_value = value;
    };
    set(symbols[1], 1, STT_FUNC, ".text", to(".text"));
    set(symbols[2], 7, STT_OBJECT, ".data", to(".data", 8));
    set(symbols[3], 16, STT_OBJECT, ".got.plt", to(".got.plt"));
    sections.push_back(
        {".symtab", SHT_SYMTAB, 0, 0, 0,
         std::string(reinterpret_cast<const char *>(symbols), sizeof(symbols)),
         uint32_t(sections.size() + 1), 0, 4, 8, sizeof(Sym)});
    sections.push_back({".strtab", SHT_STRTAB, 0, 0, 0,
                        std::string("\0first\0variable\0table\0", 22)});
    sections.push_back({".comment", SHT_PROGBITS, 0, 0, 0, "a linker"});
    sections.push_back({".shstrtab", SHT_STRTAB, 0, 0, 0});
  }
};

} // namespace objprelink

#endif
