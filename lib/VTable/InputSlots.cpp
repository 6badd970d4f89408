#include "VTable/InputSlots.h"
#include "ELF/Properties.h"
#include "VTable/Names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELF.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
using ELFT = object::ELF64LE;

/// The tables of one object or library.
class InputReader {
public:
  Error open(MemoryBufferRef input, uint16_t type, uint32_t tableType);
  Expected<InputSlots> findSlots(const InputKinds &kinds);
  void visitSymbols(function_ref<void(const InputSymbol &)> visit) const;
  Error visitExports(function_ref<void(CachedHashStringRef)> visit) const;

private:
  /// The extent of a vtable.
  struct Table {
    uint32_t section;
    uint64_t begin, end;
  };

  StringRef nameOf(const ELFT::Sym &symbol) const;
  Expected<std::vector<Table>> findTables() const;
  Error nameGroups(MutableArrayRef<StringRef> groups) const;
  StringRef calledName(const ELFT::Sym &symbol) const;
  InputFunction *functionOf(uint32_t symbol);
  Error readWords(const ELFT::Shdr &relocations, uint32_t absoluteWord,
                  ArrayRef<Table> tables, InputTables &into);
  Error readCode(const ELFT::Shdr &relocations, const InputKinds &kinds);
  Error readProperties();
  bool relocates(const ELFT::Shdr &section, uint64_t flags) const;

  std::optional<object::ELFFile<ELFT>> file;
  ArrayRef<ELFT::Shdr> sections;
  const ELFT::Shdr *symbolTable = nullptr;
  ArrayRef<ELFT::Sym> symbols;
  ArrayRef<ELFT::Word> extendedIndices;
  StringRef names;
  /// By symbol: its index into InputSlots::functions.
  static constexpr uint32_t kNone = UINT32_MAX, kUnknown = UINT32_MAX - 1;
  std::vector<uint32_t> numbers;
  InputSlots out;
};
} // namespace

/// \p tableType is that of the symbol table.
Error InputReader::open(MemoryBufferRef input, uint16_t type,
                        uint32_t tableType) {
  Expected<object::ELFFile<ELFT>> created =
      object::ELFFile<ELFT>::create(input.getBuffer());
  if (!created)
    return created.takeError();
  file.emplace(std::move(*created));
  const ELFT::Ehdr &header = file->getHeader();
  if (!header.checkMagic() || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_type != type)
    return createStringError("no file of the kind");
  auto found = file->sections();
  if (!found)
    return found.takeError();
  sections = *found;
  for (const ELFT::Shdr &section : sections) {
    if (section.sh_type == tableType)
      symbolTable = &section;
    if (section.sh_type != SHT_SYMTAB_SHNDX)
      continue;
    auto indices = file->getSHNDXTable(section, sections);
    if (!indices)
      return indices.takeError();
    extendedIndices = *indices;
  }
  if (!symbolTable)
    return Error::success();
  auto all = file->symbols(symbolTable);
  if (!all)
    return all.takeError();
  symbols = *all;
  auto strings = file->getStringTableForSymtab(*symbolTable, sections);
  if (!strings)
    return strings.takeError();
  names = *strings;
  return Error::success();
}

StringRef InputReader::nameOf(const ELFT::Sym &symbol) const {
  constexpr size_t longest = 4096;
  const StringRef rest = names.substr(symbol.st_name, longest + 1);
  const size_t end = rest.find('\0');
  return end == StringRef::npos ? "" : rest.take_front(end);
}

Expected<std::vector<InputReader::Table>> InputReader::findTables() const {
  std::vector<Table> tables;
  for (const ELFT::Sym &symbol : symbols) {
    if (symbol.getType() != STT_OBJECT || !symbol.st_size ||
        !names.substr(symbol.st_name).starts_with("_ZT") ||
        !isVTableName(nameOf(symbol)))
      continue;
    auto section = file->getSectionIndex(symbol, symbols, extendedIndices);
    if (!section)
      return section.takeError();
    if (*section && *section < sections.size())
      tables.push_back(
          {*section, symbol.st_value, symbol.st_value + symbol.st_size});
  }
  llvm::sort(tables, [](const Table &a, const Table &b) {
    return std::tie(a.section, a.begin) < std::tie(b.section, b.begin);
  });
  return tables;
}

/// Gives the sections whose \p groups are asked for, which have a name that is
/// not null, those of their groups.
Error InputReader::nameGroups(MutableArrayRef<StringRef> groups) const {
  for (const ELFT::Shdr &section : sections) {
    if (section.sh_type != SHT_GROUP)
      continue;
    auto words = file->getSectionContentsAsArray<ELFT::Word>(section);
    if (!words)
      return words.takeError();
    if (words->empty() || !(words->front() & GRP_COMDAT))
      continue;
    for (uint32_t member : words->drop_front())
      if (member < groups.size() && groups[member].data() &&
          section.sh_info < symbols.size())
        groups[member] = nameOf(symbols[section.sh_info]);
  }
  return Error::success();
}

/// The name of \p symbol, if it can be what a slot calls.
StringRef InputReader::calledName(const ELFT::Sym &symbol) const {
  return symbol.getBinding() != STB_LOCAL &&
                 is_contained({STT_FUNC, STT_NOTYPE, STT_GNU_IFUNC},
                              symbol.getType()) &&
                 names.substr(symbol.st_name).starts_with("_")
             ? nameOf(symbol)
             : "";
}

/// The function that the symbol with this index is; null if it is none.
InputFunction *InputReader::functionOf(uint32_t symbol) {
  if (symbol >= symbols.size())
    return nullptr;
  uint32_t &number = numbers[symbol];
  if (number == kUnknown) {
    const StringRef name = calledName(symbols[symbol]);
    number = kNone;
    if (!name.empty() && !isSpecialDataName(name)) {
      number = out.functions.size();
      out.functions.push_back({CachedHashStringRef(name),
                               symbols[symbol].st_shndx == SHN_UNDEF &&
                                   symbols[symbol].getBinding() == STB_WEAK});
    }
  }
  return number == kNone ? nullptr : &out.functions[number];
}

/// Reads the relocations of a section with words: those of \p tables, which are
/// the section's, go to \p into.
Error InputReader::readWords(const ELFT::Shdr &relocations,
                             uint32_t absoluteWord, ArrayRef<Table> tables,
                             InputTables &into) {
  auto entries = file->relas(relocations);
  if (!entries)
    return entries.takeError();
  for (const ELFT::Rela &entry : *entries) {
    if (entry.getType(/*isMips64EL=*/false) != absoluteWord)
      continue;
    InputFunction *function = functionOf(entry.getSymbol(/*isMips64EL=*/false));
    if (!function)
      continue;
    const auto after = llvm::partition_point(tables, [&](const Table &table) {
      return table.begin <= entry.r_offset;
    });
    if (!entry.r_addend && after != tables.begin() &&
        entry.r_offset < std::prev(after)->end)
      into.slots.push_back(function - out.functions.data());
    else
      function->hasOtherWord = true;
  }
  return Error::success();
}

/// Reads the relocations of a section with code, after those of all words.
Error InputReader::readCode(const ELFT::Shdr &relocations,
                            const InputKinds &kinds) {
  auto entries = file->relas(relocations);
  if (!entries)
    return entries.takeError();
  // A link has millions of them. All of these types are small numbers.
  const auto bitOf = [](uint32_t type) {
    return type < 64 ? uint64_t(1) << type : 0;
  };
  uint64_t loads = 0;
  for (uint32_t type : kinds.gotLoads)
    loads |= bitOf(type);
  const uint64_t calls = kinds.call ? bitOf(*kinds.call) : 0;
  for (const ELFT::Rela &entry : *entries) {
    const uint64_t bit = bitOf(entry.getType(/*isMips64EL=*/false));
    if (!(bit & (loads | calls)))
      continue;
    const uint32_t symbol = entry.getSymbol(/*isMips64EL=*/false);
    if (bit & loads) {
      if (InputFunction *function = functionOf(symbol))
        function->hasGotWord = true;
    } else if (symbol < numbers.size() &&
               numbers[symbol] < out.functions.size()) {
      out.functions[numbers[symbol]].isCalled = true;
    }
  }
  return Error::success();
}

Error InputReader::readProperties() {
  ControlFlowProtection protection;
  for (const ELFT::Shdr &section : sections) {
    if (section.sh_type != SHT_NOTE)
      continue;
    auto notes = file->getSectionContents(section);
    if (!notes)
      return notes.takeError();
    if (Error e = readPropertyNotes(*notes, /*is64=*/true, protection))
      return e;
  }
  out.landingPads = protection.landingPads;
  return Error::success();
}

/// Whether \p section has relocations of one with \p flags.
bool InputReader::relocates(const ELFT::Shdr &section, uint64_t flags) const {
  return section.sh_type == SHT_RELA && section.sh_info < sections.size() &&
         (sections[section.sh_info].sh_flags & flags) == flags;
}

Expected<InputSlots> InputReader::findSlots(const InputKinds &kinds) {
  if (file->getHeader().e_machine != kinds.machine)
    return createStringError("another machine");
  if (Error e = readProperties())
    return e;
  Expected<std::vector<Table>> found = findTables();
  if (!found)
    return found.takeError();
  const ArrayRef<Table> tables = *found;
  std::vector<StringRef> groups(sections.size());
  for (const Table &table : tables)
    groups[table.section] = "";
  if (Error e = nameGroups(groups))
    return e;
  numbers.assign(symbols.size(), kUnknown);
  for (const ELFT::Shdr &section : sections) {
    if (!relocates(section, SHF_ALLOC | SHF_WRITE))
      continue;
    const auto [begin, end] = std::equal_range(
        tables.begin(), tables.end(), Table{section.sh_info, 0, 0},
        [](const Table &a, const Table &b) { return a.section < b.section; });
    InputTables into;
    into.group = groups[section.sh_info];
    if (Error e = readWords(section, kinds.absoluteWord, {begin, end}, into))
      return e;
    if (!into.slots.empty())
      out.tables.push_back(std::move(into));
  }
  for (const ELFT::Shdr &section : sections)
    if (relocates(section, SHF_ALLOC | SHF_EXECINSTR))
      if (Error e = readCode(section, kinds))
        return e;
  return std::move(out);
}

void InputReader::visitSymbols(
    function_ref<void(const InputSymbol &)> visit) const {
  for (const ELFT::Sym &symbol : symbols) {
    const bool isDefined = symbol.st_shndx != SHN_UNDEF;
    const bool isDefault = symbol.getVisibility() == STV_DEFAULT &&
                           symbol.getType() != STT_GNU_IFUNC;
    if (!isDefined && isDefault)
      continue;
    if (const StringRef name = calledName(symbol); !name.empty())
      visit({CachedHashStringRef(name), isDefined, isDefault});
  }
}

Error InputReader::visitExports(
    function_ref<void(CachedHashStringRef)> visit) const {
  ArrayRef<ELFT::Versym> versions;
  for (const ELFT::Shdr &section : sections) {
    if (section.sh_type != SHT_GNU_versym)
      continue;
    auto found = file->getSectionContentsAsArray<ELFT::Versym>(section);
    if (!found)
      return found.takeError();
    versions = *found;
  }
  for (auto [index, symbol] : enumerate(symbols)) {
    const bool isHidden =
        index < versions.size() && (versions[index].vs_index & VERSYM_HIDDEN);
    if (symbol.st_shndx == SHN_UNDEF || isHidden)
      continue;
    if (const StringRef name = calledName(symbol); !name.empty())
      visit(CachedHashStringRef(name));
  }
  return Error::success();
}

Expected<InputSlots> findInputSlots(MemoryBufferRef object,
                                    const InputKinds &kinds) {
  InputReader reader;
  if (Error e = reader.open(object, ET_REL, SHT_SYMTAB))
    return e;
  return reader.findSlots(kinds);
}

Error visitInputSymbols(MemoryBufferRef object,
                        function_ref<void(const InputSymbol &)> visit) {
  InputReader reader;
  if (Error e = reader.open(object, ET_REL, SHT_SYMTAB))
    return e;
  reader.visitSymbols(visit);
  return Error::success();
}

Error visitLibrarySymbols(MemoryBufferRef library,
                          function_ref<void(CachedHashStringRef)> visit) {
  InputReader reader;
  if (Error e = reader.open(library, ET_DYN, SHT_DYNSYM))
    return e;
  return reader.visitExports(visit);
}

} // namespace objprelink
