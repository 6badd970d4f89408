//===- ObjectWriter.cpp - Object and ObjectEdit to ELF bytes --------------===//
//
// What the edit leaves alone is copied in runs as long as possible, in the
// order and with the spacing it has; what grows (symbol table, names, section
// headers) moves behind it, followed by what is new. So the cost of a rewrite
// is that of a copy, and a section that is not named by the edit cannot change.
// The output is a list of byte ranges. Nearly all of them are the input's, and
// the kernel copies these (Support/Copies.h): this process never sees them.
//
// Rejected: editing in the middle and shifting the rest, which moves the same
// bytes but breaks every run at each change; and overwriting the tables in
// place with the grown ones at the end, which leaves the old ones behind as
// dead bytes in every object of a build.
//
//===----------------------------------------------------------------------===//

#include "ELF/ObjectWriter.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/Alignment.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Offsets keep their distance to a multiple of this or of their alignment,
/// whichever is less: no reader of relocatable objects asks for more, and a
/// hostile alignment must not blow up the output.
static constexpr uint64_t kLargestOffsetAlignment = 4096;

namespace {
/// A stretch of the old file that is copied as it is.
struct Run {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t alignment = 1;
  SmallVector<uint32_t, 0> sections;
};

template <class ELFT> class Writer {
public:
  Writer(const Object &object, ObjectEdit edit)
      : object(object), edit(std::move(edit)),
        replacementOf(object.sections.size()) {
    for (ObjectEdit::Replacement &replacement : this->edit.replacements)
      replacementOf[replacement.section] = &replacement.contents;
  }
  Expected<Extents> write();

private:
  using Ehdr = typename ELFT::Ehdr;
  using Shdr = typename ELFT::Shdr;
  using Sym = typename ELFT::Sym;
  using Word = typename ELFT::Word;

  void addExtendedIndices();
  void startTable();
  void appendSymbols();
  void findGrown();
  void findRuns();
  void copyRun(const Run &run);
  void placeGrown(uint32_t index, Bytes old, ByteVector added);
  void placeNewSections();
  void placeSections();
  ByteVector finishHeader(uint64_t tableAt);

  /// The offset in the file of what is appended next.
  uint64_t position() const { return sizeof(Ehdr) + out.size(); }
  void align(uint64_t alignment) {
    out.appendZeros(offsetToAlignment(position(), Align(alignment)));
  }
  uint32_t totalSections() const {
    return object.sections.size() + edit.sections.size();
  }

  const Object &object;
  ObjectEdit edit;
  /// The section header table as it will be; new sections follow the old ones.
  ByteVector table;
  MutableArrayRef<Shdr> headers;
  /// The new contents of each old section, or null.
  std::vector<ByteVector *> replacementOf;
  /// Old sections whose bytes leave their place.
  std::vector<bool> grown;
  std::vector<Run> runs;
  /// What follows the old contents of the growing tables.
  ByteVector newSectionNames, newSymbols, newSymbolNames, newExtendedIndices;
  bool extended = false;
  /// What follows the ELF header.
  Extents out;
};
} // namespace

template <class T> static void appendStruct(const T &value, ByteVector &out) {
  const auto *bytes = reinterpret_cast<const uint8_t *>(&value);
  out.append(bytes, bytes + sizeof(value));
}

static void appendString(StringRef text, ByteVector &out) {
  out.append(text.bytes_begin(), text.bytes_end());
  out.push_back(0);
}

/// gABI: a symbol defined in a section whose index does not fit st_shndx needs
/// the SHT_SYMTAB_SHNDX table, which then covers every symbol.
template <class ELFT> void Writer<ELFT>::addExtendedIndices() {
  extended =
      object.extendedIndicesIndex != 0 || totalSections() + 1 >= SHN_LORESERVE;
  if (!extended || object.extendedIndicesIndex)
    return;
  NewSection table;
  table.name = ".symtab_shndx";
  table.type = SHT_SYMTAB_SHNDX;
  table.link = object.symbolTableIndex;
  table.alignment = table.entrySize = sizeof(Word);
  edit.sections.push_back(table);
}

/// Copies the old headers and appends those of the new sections. Offsets and
/// sizes follow when the sections are placed.
template <class ELFT> void Writer<ELFT>::startTable() {
  const Bytes old = object.bytes.slice(object.sectionTableOffset,
                                       object.sections.size() * sizeof(Shdr));
  table.reserve(totalSections() * sizeof(Shdr));
  table.append(old.begin(), old.end());
  table.resize(totalSections() * sizeof(Shdr));
  headers =
      MutableArrayRef(reinterpret_cast<Shdr *>(table.data()), totalSections());

  const uint64_t base = object.sections[object.sectionNamesIndex].size;
  DenseMap<StringRef, uint32_t> offsets;
  // A section's name is the end of that of its relocations, which follow it.
  for (size_t i = edit.sections.size(); i-- > 0;) {
    const NewSection &section = edit.sections[i];
    const uint32_t next = base + newSectionNames.size();
    auto [entry, isNew] = offsets.try_emplace(section.name, next);
    const uint32_t offset = entry->second;
    if (isNew) {
      appendString(section.name, newSectionNames);
      StringRef rest = section.name;
      if (rest.consume_front(".rela") || rest.consume_front(".rel"))
        offsets.try_emplace(rest, next + section.name.size() - rest.size());
    }
    Shdr &header = headers[object.sections.size() + i];
    header.sh_name = offset;
    header.sh_type = section.type;
    header.sh_flags = section.flags;
    header.sh_link = section.link;
    header.sh_info = section.info;
    header.sh_addralign = section.alignment;
    header.sh_entsize = section.entrySize;
  }
  // gABI: a count that does not fit the ELF header is in section header 0. So
  // is the index of the names, which does not change.
  if (totalSections() >= SHN_LORESERVE)
    headers[0].sh_size = totalSections();
}

template <class ELFT> void Writer<ELFT>::appendSymbols() {
  // LLVM's assembler keeps both kinds of names in one table.
  const bool shared = object.symbolNamesIndex == object.sectionNamesIndex;
  ByteVector &names = shared ? newSectionNames : newSymbolNames;
  const uint64_t base = object.sections[object.symbolNamesIndex].size;
  for (const NewSymbol &added : edit.symbols) {
    const Symbol &symbol = added.symbol;
    const bool needsIndex =
        symbol.isInSection() && symbol.section >= SHN_LORESERVE;
    Sym entry;
    entry.st_name = base + names.size();
    entry.st_value = symbol.value;
    entry.st_size = symbol.size;
    entry.setBindingAndType(symbol.binding, symbol.type);
    entry.st_other = symbol.visibility;
    entry.st_shndx = needsIndex ? uint32_t(SHN_XINDEX) : symbol.section;
    appendStruct(entry, newSymbols);
    appendString(added.name, names);
    Word index;
    index = needsIndex ? symbol.section : 0;
    appendStruct(index, newExtendedIndices);
  }
}

template <class ELFT> void Writer<ELFT>::findGrown() {
  grown.resize(object.sections.size());
  for (const ObjectEdit::Replacement &replacement : edit.replacements)
    grown[replacement.section] = replacement.contents.size() !=
                                 object.sections[replacement.section].size;
  for (uint32_t table : {object.symbolTableIndex, object.symbolNamesIndex,
                         object.extendedIndicesIndex, object.sectionNamesIndex})
    grown[table] = true;
}

template <class ELFT> void Writer<ELFT>::findRuns() {
  runs.push_back({sizeof(Ehdr), sizeof(Ehdr), 1, {}});
  bool broken = false;
  bool beforeTable = true;
  for (uint32_t index : object.fileOrder) {
    const Section &section = object.sections[index];
    // The section header table leaves its place too.
    if (beforeTable && section.offset >= object.sectionTableOffset) {
      beforeTable = false;
      broken = true;
    }
    if (grown[index]) {
      broken = true;
      continue;
    }
    if (broken || section.offset < runs.back().begin)
      runs.push_back({section.offset, section.offset, 1, {}});
    broken = false;
    Run &run = runs.back();
    run.end =
        std::max(run.end, section.offset + object.contents(section).size());
    run.alignment = std::max(
        run.alignment, std::min(section.alignment, kLargestOffsetAlignment));
    run.sections.push_back(index);
  }
}

template <class ELFT> void Writer<ELFT>::copyRun(const Run &run) {
  out.appendZeros(
      offsetToAlignment(position() - run.begin, Align(run.alignment)));
  const uint64_t newBegin = position();
  uint64_t copied = run.begin;
  for (uint32_t index : run.sections) {
    const Section &section = object.sections[index];
    headers[index].sh_offset = newBegin + (section.offset - run.begin);
    if (ByteVector *replacement = replacementOf[index]) {
      out.append(object.bytes.slice(copied, section.offset - copied));
      out.append(std::move(*replacement));
      copied = section.offset + section.size;
    }
  }
  out.append(object.bytes.slice(copied, run.end - copied));
}

template <class ELFT>
void Writer<ELFT>::placeGrown(uint32_t index, Bytes old, ByteVector added) {
  Shdr &header = headers[index];
  align(std::clamp<uint64_t>(header.sh_addralign, 1, kLargestOffsetAlignment));
  header.sh_offset = position();
  header.sh_size = old.size() + added.size();
  out.append(old);
  out.append(std::move(added));
}

/// Puts all new sections into one stretch of bytes.
template <class ELFT> void Writer<ELFT>::placeNewSections() {
  ByteVector bytes;
  for (auto [i, section] : enumerate(edit.sections)) {
    Shdr &header = headers[object.sections.size() + i];
    bytes.append(
        offsetToAlignment(position() + bytes.size(), Align(section.alignment)),
        0);
    header.sh_offset = position() + bytes.size();
    bytes.append(section.contents.begin(), section.contents.end());
    if (section.type == SHT_SYMTAB_SHNDX) {
      bytes.append(object.symbols.size() * sizeof(Word), 0);
      bytes.append(newExtendedIndices.begin(), newExtendedIndices.end());
    }
    header.sh_size = position() + bytes.size() - header.sh_offset;
  }
  out.append(std::move(bytes));
}

template <class ELFT> void Writer<ELFT>::placeSections() {
  for (ObjectEdit::Replacement &replacement : edit.replacements)
    if (grown[replacement.section])
      placeGrown(replacement.section, {}, std::move(replacement.contents));
  placeNewSections();

  auto placeTable = [&](uint32_t index, ByteVector &added) {
    placeGrown(index, object.contents(object.sections[index]),
               std::move(added));
  };
  if (object.symbolTableIndex)
    placeTable(object.symbolTableIndex, newSymbols);
  if (object.extendedIndicesIndex)
    placeTable(object.extendedIndicesIndex, newExtendedIndices);
  if (object.symbolNamesIndex &&
      object.symbolNamesIndex != object.sectionNamesIndex)
    placeTable(object.symbolNamesIndex, newSymbolNames);
  placeTable(object.sectionNamesIndex, newSectionNames);
}

/// The ELF header with the new place and size of the section header table.
template <class ELFT> ByteVector Writer<ELFT>::finishHeader(uint64_t tableAt) {
  ByteVector bytes(object.bytes.begin(), object.bytes.begin() + sizeof(Ehdr));
  auto &header = *reinterpret_cast<Ehdr *>(bytes.data());
  header.e_shoff = tableAt;
  header.e_shnum = totalSections() >= SHN_LORESERVE ? 0 : totalSections();
  return bytes;
}

template <class ELFT> Expected<Extents> Writer<ELFT>::write() {
  addExtendedIndices();
  startTable();
  appendSymbols();
  // The set of sections and symbols is final: sizes are known.
  findGrown();
  findRuns();
  for (const Run &run : runs)
    copyRun(run);
  placeSections();
  align(ELFT::Is64Bits ? 8 : 4);
  // The layout is final: offsets are known.
  Extents file;
  file.append(finishHeader(position()));
  file.append(std::move(out));
  file.append(std::move(table));
  if (!ELFT::Is64Bits && file.size() > UINT32_MAX)
    return error("the output does not fit a 32-bit ELF file");
  return file;
}

Expected<Extents> writeObject(const Object &object, ObjectEdit edit) {
  return object.is64 ? Writer<object::ELF64LE>(object, std::move(edit)).write()
                     : Writer<object::ELF32LE>(object, std::move(edit)).write();
}

} // namespace objprelink
