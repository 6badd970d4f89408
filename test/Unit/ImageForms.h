//===- ImageForms.h - an old image, and each form of a new one --*- C++ -*-===//

#ifndef OBJPRELINK_UNIT_IMAGEFORMS_H
#define OBJPRELINK_UNIT_IMAGEFORMS_H

#include "ImagePair.h"

namespace objprelink {

struct OldOptions {
  bool pads = false;    ///< the property note has IBT
  bool bindNow = false; ///< then the PLT's words are in RELRO
  bool sections = true;
  bool libc = true;     ///< needs libc.so.6, not libx.so.6
  bool padding = false; ///< RELRO is a segment, with padding at its end
};

template <class ELFT> struct Forms : Picture<ELFT> {
  using Base = Picture<ELFT>;
  using Base::dyn, Base::code, Base::distance, Base::pad, Base::put,
      Base::putWord, Base::put32, Base::target, Base::loads, Base::others,
      Base::sections, Base::main, Base::plt, Base::relr, Base::note,
      Base::kWord, Base::kIs64, Base::relocation, Base::section, Base::other;

  enum Symbols : uint32_t { f = 1, g, weak, data, typeInfo, defined };
  using Sym = typename ELFT::Sym;
  static constexpr uint64_t kSymbolsAt = 0x500, kSymbols = 7;
  static constexpr uint64_t kGotOfG = 0x3500, kGotOfF = 0x3508,
                            kRelatives = 0x3540, kBss = 0x4100, kWords = 0x4800,
                            kTables = 0x6000, kCode = 0x7000, kPlt0 = 0x1020,
                            kPltOfF = 0x1030;
  static constexpr llvm::StringLiteral kStrings =
      llvm::StringLiteral::withInnerNUL(
          "\0f\0g\0w\0d\0_ZTI1X\0h\0libc.so.6\0V1\0tiny.so\0");
  OldOptions options;

  static uint64_t slot(int index) { return 0x3400 + index * kWord; }
  uint64_t got() const { return options.bindNow ? 0x3600 : 0x4000; }
  uint64_t wordOfF() const { return got() + 3 * kWord; }
  static uint64_t word(int index) { return kWords + 0x40 + index * kWord; }

  explicit Forms(OldOptions options = {}) : options(options) {
    using namespace llvm::ELF;
    loads = {{0, PF_R, ByteVector(0x1000), 0x1000},
             {0x1000, PF_R | PF_X, ByteVector(0x100), 0x100},
             {0x3000, PF_R | PF_W, ByteVector(0x1100), 0x1800}};
    if (options.padding) {
      loads[2].bytes.resize(0xf00);
      loads[2].memorySize = 0x1000;
      loads.push_back({0x4000, PF_R | PF_W, ByteVector(0x100), 0x800});
    }
    others = {{PT_PHDR, PF_R, Base::kHeader, 0, 8},
              {PT_INTERP, PF_R, 0, 16, 1},
              {PT_NOTE, PF_R, 0, 0, kWord},
              {PT_GNU_PROPERTY, PF_R, 0, 0, kWord},
              {PT_DYNAMIC, PF_R | PF_W, 0x3000, 0x300, 8},
              {PT_TLS, PF_R, 0x3480, 8, 8, 16},
              {PT_GNU_EH_FRAME, PF_R, 0xa00, 20, 4},
              {PT_GNU_STACK, PF_R | PF_W, 0, 0, 16},
              {PT_GNU_RELRO, PF_R, 0x3000, 0x1000, 1}};
    putProperties();
    putSymbols();
    putCode();
    putRelocations();
    putOldDynamic();
    if (options.sections)
      putSections();
  }

  void putProperties() {
    using namespace llvm::ELF;
    const uint64_t interpreter = Base::headersEnd();
    other(PT_INTERP).address = interpreter;
    put(interpreter, "/lib/ld-linux.so");
    const uint64_t at = llvm::alignTo(interpreter + 16, 8);
    put32(at, 4);
    put32(at + 4, 8 + kWord);
    put32(at + 8, NT_GNU_PROPERTY_TYPE_0);
    put(at + 12, "GNU");
    put32(at + 16, GNU_PROPERTY_X86_FEATURE_1_AND);
    put32(at + 20, 4);
    put32(at + 24, options.pads ? uint32_t(GNU_PROPERTY_X86_FEATURE_1_IBT) : 0);
    for (uint32_t type : {PT_NOTE, PT_GNU_PROPERTY}) {
      other(type).address = at;
      other(type).size = 24 + kWord;
    }
    uint64_t hash = dyn(DT_GNU_HASH) = at + 32;
    for (uint32_t word : {1, int(defined), 16, 0})
      put32(std::exchange(hash, hash + 4), word);
    hash += 16 * kWord;
    put32(hash, defined);
    put32(hash + 4, 1);
    // .eh_frame_hdr with an entry for the code at 0x1000, and its .eh_frame.
    put(0xa00, Bytes({1, 0x1b, 3, 0x3b}));
    distance(0xa04, 0xa40, 0xa04);
    put32(0xa08, 1);
    distance(0xa0c, 0x1000, 0xa00);
    distance(0xa10, 0xa58, 0xa00);
  }

  uint64_t hashSize() const { return 16 + 16 * kWord + 8; }

  Sym &symbol(uint32_t index) {
    return reinterpret_cast<Sym *>(this->at(kSymbolsAt))[index];
  }

  void putSymbols() {
    using namespace llvm::ELF;
    put(0x660, kStrings);
    if (!options.libc)
      put(0x660 + 18, "libx");
    Sym symbols[kSymbols];
    memset(symbols, 0, sizeof(symbols));
    const auto set = [&](uint32_t index, uint32_t name, uint8_t binding,
                         uint8_t type, uint64_t value = 0) {
      symbols[index].st_name = name;
      symbols[index].setBindingAndType(binding, type);
      symbols[index].st_value = value;
      symbols[index].st_shndx = value ? 1 : 0;
    };
    set(f, 1, STB_GLOBAL, STT_FUNC);
    set(g, 3, STB_GLOBAL, STT_NOTYPE);
    set(weak, 5, STB_WEAK, STT_FUNC);
    set(data, 7, STB_GLOBAL, STT_OBJECT);
    set(typeInfo, 9, STB_GLOBAL, STT_NOTYPE);
    set(defined, 16, STB_GLOBAL, STT_FUNC, 0x1000);
    put(kSymbolsAt,
        Bytes(reinterpret_cast<uint8_t *>(symbols), sizeof(symbols)));
    for (uint64_t i : {1, 2, 5}) // f, g and the type info are of V1
      *this->at(0x600 + 2 * i) = 2;
    for (uint64_t i : {3, 4, 6})
      *this->at(0x600 + 2 * i) = 1;
    uint64_t need = 0x620;
    for (uint32_t word : {1 | 1 << 16, 18, 16, 0, 0x6281, 2 << 16, 28, 0})
      put32(std::exchange(need, need + 4), word);
  }

  void putCode() {
    code(0x1000, {0xc3});
    if (kIs64) {
      putPlt0(kPlt0, got());
      const uint64_t tail = putStub(kPltOfF, wordOfF());
      putTail(tail, 0, kPlt0);
      putWord(wordOfF(), tail);
      return;
    }
    uint64_t at = code(kPlt0, {0xff, 0xb3, 4, 0, 0, 0, 0xff, 0xa3, 8, 0, 0, 0});
    at = code(pad(kPltOfF, options.pads), {0xff, 0xa3});
    at = distance(at, wordOfF(), got());
    putTail(at, 0, kPlt0);
    putWord(wordOfF(), at);
  }

  void putRelocations() {
    const auto &t = target();
    for (int i = 0; i < 3; ++i)
      main.push_back({kRelatives + i * kWord, t.relative, 0, 0x1000 + i});
    main.push_back({kGotOfG, t.globDat, g, 0});
    main.push_back({kGotOfF, t.globDat, f, 0});
    const uint32_t symbols[] = {f, f, g, weak, data, typeInfo, defined};
    for (auto [index, symbol] : llvm::enumerate(symbols))
      main.push_back({slot(index), t.absoluteWord, symbol, 0});
    main.push_back({slot(7), t.absoluteWord, defined, 4});
    plt.push_back(jumpSlot(wordOfF(), f, 0));
    if (!kIs64)
      plt[0].addend = kPltOfF + (options.pads ? 10 : 6);
    this->mainAt = 0x700;
    this->pltAt = 0x900;
    this->relrAt = 0x980;
  }

  Relocation jumpSlot(uint64_t place, uint32_t symbol, uint64_t tail) const {
    return {place, target().jumpSlot, symbol, kIs64 ? 0 : int64_t(tail)};
  }

  void putOldDynamic() {
    using namespace llvm::ELF;
    const uint64_t hash = dyn(DT_GNU_HASH);
    this->dynamicAt = 0x3000;
    this->dynamic = {
        {DT_NEEDED, 18},
        {DT_SONAME, 31},
        {DT_GNU_HASH, hash},
        {DT_STRTAB, 0x660},
        {DT_SYMTAB, kSymbolsAt},
        {DT_STRSZ, kStrings.size()},
        {DT_SYMENT, sizeof(Sym)},
        {DT_PLTGOT, got()},
        {DT_PLTREL, kIs64 ? DT_RELA : DT_REL},
        {kIs64 ? DT_RELAENT : DT_RELENT, sizeof(typename Base::Rel)},
        {kIs64 ? DT_RELACOUNT : DT_RELCOUNT, 3},
        {DT_VERNEED, 0x620},
        {DT_VERNEEDNUM, 1},
        {DT_VERSYM, 0x600}};
    if (options.bindNow) {
      dyn(DT_FLAGS) = DF_BIND_NOW;
      dyn(DT_FLAGS_1) = DF_1_NOW;
    }
  }

  void putSections() {
    using namespace llvm::ELF;
    const uint64_t a = SHF_ALLOC, w = SHF_ALLOC | SHF_WRITE;
    const uint64_t rel = sizeof(typename Base::Rel);
    const uint32_t type = kIs64 ? SHT_RELA : SHT_REL;
    sections = {{"", 0, 0, 0, 0},
                {".interp", SHT_PROGBITS, a, other(PT_INTERP).address, 16},
                {".gnu.hash", SHT_GNU_HASH, a, dyn(DT_GNU_HASH), hashSize()},
                {".dynsym", SHT_DYNSYM, a, kSymbolsAt, kSymbols * sizeof(Sym)},
                {".dynstr", SHT_STRTAB, a, 0x660, kStrings.size()},
                {".gnu.version_r", SHT_GNU_verneed, a, 0x620, 32},
                {".rel.dyn", type, a, 0x700, main.size() * rel},
                {".rel.plt", type, a, 0x900, plt.size() * rel},
                {".text", SHT_PROGBITS, a | SHF_EXECINSTR, 0x1000, 0x100},
                {".data", SHT_PROGBITS, w, 0x3400, 0xc00},
                {".bss", SHT_NOBITS, w, kBss, 0x700},
                {".comment", SHT_PROGBITS, 0, 0, 0, "a comment"},
                {".symtab", SHT_PROGBITS, 0, 0, 0, "the symbols"},
                {".shstrtab", SHT_STRTAB, 0, 0, 0}};
    if (options.padding) {
      section(".data").size = 0xb00;
      sections.insert(sections.begin() + 10,
                      {".relro_padding", SHT_NOBITS, w, 0x3f00, 0x100});
    }
  }

  // What a writer does.

  uint64_t putStub(uint64_t at, uint64_t word) {
    at = pad(at, options.pads);
    if (kIs64)
      return distance(code(at, {0xff, 0x25}), word);
    const uint64_t base = at + 7;
    at = code(at, {0x50, 0x50, 0xe8, 1, 0, 0, 0, 0xcc, 0x58, 0x8b, 0x80});
    at = distance(at, word, base);
    return code(at, {0x89, 0x44, 0x24, 4, 0x58, 0xc3});
  }
  uint64_t putThroughEax(uint64_t at, uint64_t word) {
    at = pad(at, options.pads);
    const uint64_t base = at + 5;
    at = code(at, {0xe8, 0, 0, 0, 0, 0x58, 0xff, 0xa0});
    return distance(at, word, base);
  }
  uint64_t putTail(uint64_t at, uint32_t index, uint64_t plt0) {
    at = code(pad(at, options.pads), {0x68});
    put32(at, index * (kIs64 ? 1 : 8));
    return distance(code(at + 4, {0xe9}), plt0);
  }
  void putPlt0(uint64_t at, uint64_t got) {
    at = distance(code(at, {0xff, 0x35}), got + 8);
    distance(code(at, {0xff, 0x25}), got + 16);
  }
  uint64_t absolute(uint64_t at, uint64_t word) {
    main.push_back({at, target().relative, 0, int64_t(word)});
    return at + 4;
  }
  void putAbsolutePlt0(uint64_t at, uint64_t got) {
    at = absolute(code(at, {0xff, 0x35}), got + 4);
    absolute(code(at, {0xff, 0x25}), got + 8);
  }
  void putPicPlt0(uint64_t at, uint64_t got) {
    const uint64_t base = at + 8;
    at = code(at, {0x50, 0x50, 0x50, 0xe8, 1, 0, 0, 0, 0xcc, 0x58, 0xff, 0xb0});
    at = distance(at, got + 4, base);
    at = code(at, {0x8f, 0x44, 0x24, 8, 0xff, 0xb0});
    at = distance(at, got + 8, base);
    code(at, {0x8f, 0x44, 0x24, 4, 0x58, 0xc3});
  }

  void redirect(int index, uint64_t stub) {
    Relocation &slotsOwn = relocation(slot(index));
    slotsOwn.type = target().relative;
    slotsOwn.symbol = 0;
    slotsOwn.addend = stub;
  }

  /// What all new images have: room at the end, moved tables, the note.
  void grow() {
    using namespace llvm::ELF;
    auto &data = loads.back();
    data.bytes.resize(kWords + 0x100 - data.address);
    data.memorySize = data.bytes.size();
    loads.push_back({kTables, PF_R, ByteVector(0x1000), 0x1000});
    loads.push_back({kCode, PF_R | PF_X, ByteVector(0x200), 0x200});
    const auto move = [&](uint64_t from, uint64_t to, uint64_t size) {
      const ByteVector bytes(this->at(from), this->at(from) + size);
      put(to, Bytes(bytes));
      return to;
    };
    auto &interpreter = other(PT_INTERP);
    interpreter.address = move(interpreter.address, kTables, 16);
    auto &property = other(PT_GNU_PROPERTY);
    property.address = other(PT_NOTE).address =
        move(property.address, kTables + 0x40, property.size);
    dyn(DT_GNU_HASH) = move(dyn(DT_GNU_HASH), kTables + 0x80, hashSize());
    this->mainAt = kTables + 0x400;
    this->pltAt = kTables + 0x800;
    this->relrAt = kTables + 0xa00;
    this->noteAt = kTables + 0xc00;
    others.push_back({PT_NOTE, PF_R, this->noteAt, 0, 4});
    note.version = "0.1.0";
    this->hasNote = true;
  }

  /// The note admits more, and its segment grows with it.
  void allow(const char *option) {
    note.options.push_back(option);
    others.back().size = encodeNote(note).size();
  }

  /// The last step.
  void finish(Mode mode, std::vector<std::string> with, uint64_t slots,
              uint64_t functions) {
    using namespace llvm::ELF;
    note.mode = mode;
    note.options = std::move(with);
    note.slots = slots;
    note.functions = functions;
    others.back().size = encodeNote(note).size();
    if (sections.empty())
      return;
    const uint64_t rel = sizeof(typename Base::Rel);
    const auto set = [&](const char *name, uint64_t address, uint64_t size) {
      section(name).address = address;
      section(name).size = size;
    };
    set(".interp", other(PT_INTERP).address, 16);
    set(".gnu.hash", dyn(DT_GNU_HASH), hashSize());
    set(".rel.dyn", this->mainAt, main.size() * rel);
    // What is counted with the entries of the PLT.
    const size_t numbered =
        std::min<size_t>(plt.size(), note.has("override-bind-now") ? 0 : 1);
    set(".rel.plt", this->pltAt, numbered * rel);
    set(".dynstr", dyn(DT_STRTAB), dyn(DT_STRSZ));
    set(".gnu.version_r", dyn(DT_VERNEED), section(".gnu.version_r").size);
    section(".bss").type = SHT_PROGBITS;
    const uint64_t a = SHF_ALLOC;
    sections.push_back(
        {".plt.bnd", SHT_PROGBITS, a | SHF_EXECINSTR, kCode, 0x200});
    if (numbered < plt.size())
      sections.push_back({kIs64 ? ".rela.objprelink" : ".rel.objprelink",
                          kIs64 ? SHT_RELA : SHT_REL, a,
                          this->pltAt + numbered * rel,
                          (plt.size() - numbered) * rel});
    sections.push_back(
        {".got.objprelink", SHT_PROGBITS, a | SHF_WRITE, kWords, 0x100});
    sections.push_back(
        {".note.objprelink", SHT_NOTE, a, this->noteAt, others.back().size});
    sections.push_back({".objprelink.undo", SHT_PROGBITS, 0, 0, 0, "undo"});
  }

  Forms relay(bool throughEax = false, std::vector<std::string> with = {}) {
    Forms p = *this;
    p.grow();
    throughEax ? p.putThroughEax(kCode, kGotOfF) : p.putStub(kCode, kGotOfF);
    p.putStub(kCode + 0x40, kGotOfG);
    p.redirect(0, kCode);
    p.redirect(1, kCode);
    p.redirect(2, kCode + 0x40);
    p.finish(Mode::Relay, with, 3, 2);
    return p;
  }

  /// A lazy entry at \p at for the JUMP_SLOT of index plt.size().
  void addEntry(uint64_t at, uint32_t symbol, uint64_t plt0, bool isAbsolute) {
    const uint64_t place = word(plt.size());
    uint64_t tail =
        isAbsolute ? absolute(code(pad(at, options.pads), {0xff, 0x25}), place)
                   : putStub(at, place);
    putTail(tail, plt.size(), plt0);
    plt.push_back(jumpSlot(place, symbol, tail));
    putWord(place, tail);
  }

  /// x86-64: f has an entry in the PLT, which is shared; g gets one.
  Forms lazy() {
    Forms p = *this;
    p.grow();
    p.addEntry(kCode, g, kPlt0, false);
    p.redirect(0, kPltOfF);
    p.redirect(1, kPltOfF);
    p.redirect(2, kCode);
    p.finish(Mode::Lazy, {}, 3, 2);
    return p;
  }

  /// i386, and x86-64 where the old PLT is of no use.
  void addEntries(bool isAbsolute, uint64_t got) {
    if (kIs64)
      putPlt0(kCode, got);
    else
      isAbsolute ? putAbsolutePlt0(kCode, got) : putPicPlt0(kCode, got);
    addEntry(kCode + 0x40, f, kCode, isAbsolute);
    addEntry(kCode + 0x80, g, kCode, isAbsolute);
    redirect(0, kCode + 0x40);
    redirect(1, kCode + 0x40);
    redirect(2, kCode + 0x80);
  }

  Forms absolutePlt() {
    Forms p = *this;
    p.grow();
    p.addEntries(true, got());
    p.dyn(llvm::ELF::DT_TEXTREL) = 0;
    p.finish(Mode::Lazy, {"plt=absolute"}, 3, 2);
    return p;
  }
  Forms picPlt() {
    Forms p = *this;
    p.grow();
    p.addEntries(false, got());
    p.finish(Mode::Lazy, {"plt=pic"}, 3, 2);
    return p;
  }

  /// All that was bound at load still is, in the same place or (lazy=all) not.
  Forms overrideBindNow(bool lazyAll = false) {
    using namespace llvm::ELF;
    Forms p = *this;
    p.grow();
    Relocation old = p.plt[0];
    p.plt.clear();
    p.dyn(DT_FLAGS) = p.dyn(DT_FLAGS_1) = 0;
    p.dyn(DT_PLTGOT) = kWords;
    p.addEntries(false, kWords);
    if (lazyAll) {
      // The entry of f, after its landing pad and two bytes.
      const uint64_t field = kPltOfF + (options.pads ? 6 : 2);
      kIs64 ? p.distance(field, word(0)) : p.distance(field, word(0), got());
    } else {
      old.type = target().globDat;
      p.main.push_back(old);
    }
    std::vector<std::string> with = {"override-bind-now"};
    if (lazyAll)
      with.push_back("lazy=all");
    p.finish(Mode::Lazy, with, 3, 2);
    return p;
  }

  /// Relays, with all RELATIVE ones packed.
  Forms packed() {
    using namespace llvm::ELF;
    Forms p = relay(false, {"pack-relative-relocs"});
    llvm::erase_if(p.main, [&](const Relocation &relocation) {
      if (relocation.type != target().relative)
        return false;
      p.relr.push_back(relocation.offset);
      p.putWord(relocation.offset, relocation.addend);
      return true;
    });
    llvm::sort(p.relr);
    p.dyn(kIs64 ? DT_RELACOUNT : DT_RELCOUNT) = 0;
    const uint64_t strings = kTables + 0xe00, needs = kTables + 0xd80;
    p.put(strings, Bytes(this->at(0x660), kStrings.size()));
    p.put(strings + kStrings.size(), "GLIBC_ABI_DT_RELR");
    p.put(needs, Bytes(this->at(0x620), 32));
    p.put32(needs, 1 | 2 << 16);
    p.put32(needs + 28, 16);
    p.put32(needs + 32, llvm::object::hashSysV("GLIBC_ABI_DT_RELR"));
    p.put32(needs + 36, 3 << 16);
    p.put32(needs + 40, kStrings.size());
    if (options.libc) {
      p.dyn(DT_STRTAB) = strings;
      p.dyn(DT_STRSZ) = kStrings.size() + 18;
      p.dyn(DT_VERNEED) = needs;
    }
    if (!sections.empty()) {
      const uint64_t rel = sizeof(typename Base::Rel);
      p.section(".rel.dyn").size = p.main.size() * rel;
      p.section(".dynstr").address = p.dyn(DT_STRTAB);
      p.section(".dynstr").size = p.dyn(DT_STRSZ);
      p.section(".gnu.version_r").address = p.dyn(DT_VERNEED);
      p.section(".gnu.version_r").size = options.libc ? 48 : 32;
    }
    return p;
  }
};

} // namespace objprelink

#endif
