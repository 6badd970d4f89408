#include "ImageVerifier/VerifySymbols.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::object;

namespace objprelink {

template <class ELFT> static uint64_t entrySize(uint32_t type) {
  switch (type) {
  case SHT_SYMTAB:
    return sizeof(typename ELFT::Sym);
  case SHT_RELA:
    return sizeof(typename ELFT::Rela);
  case SHT_REL:
    return sizeof(typename ELFT::Rel);
  default:
    return 0;
  }
}

uint64_t entrySize(const Image &image, uint32_t type) {
  return image.is64 ? entrySize<ELF64LE>(type) : entrySize<ELF32LE>(type);
}

Error findAddedSymbols(const Comparison &c, ArrayRef<uint32_t> indexAfter,
                       AddedSymbols &out) {
  const uint64_t entry = entrySize(c.before, SHT_SYMTAB);
  for (auto [index, old] : enumerate(c.before.sections)) {
    if (old.type != SHT_SYMTAB)
      continue;
    const Section &now = c.after.sections[indexAfter[index]];
    if (now.size == old.size)
      continue;
    if (!c.note.has(noteoption::kLinked) || out.table || now.size < old.size ||
        (now.size - old.size) % entry || old.size % entry ||
        old.info > old.size / entry || old.link >= c.before.sections.size())
      return error("{0}: {1:x} bytes were {2:x}", c.before.describe(index),
                   now.size, old.size);
    out.table = index;
    out.names = old.link;
    out.count = (now.size - old.size) / entry;
  }
  return Error::success();
}

namespace {
template <class ELFT> class SymbolComparison {
public:
  using Sym = typename ELFT::Sym;

  SymbolComparison(const Comparison &c, uint32_t index,
                   ArrayRef<uint32_t> indexAfter,
                   const std::vector<bool> &isOld, const AddedSymbols &added)
      : c(c), index(index), indexAfter(indexAfter), isOld(isOld), added(added),
        count(index == added.table ? added.count : 0),
        was(tableOf(c.before, c.before.sections[index])),
        is(tableOf(c.after, c.after.sections[indexAfter[index]])) {}
  Error run();

private:
  static ArrayRef<Sym> tableOf(const Image &image, const Section &section) {
    return ArrayRef(
        reinterpret_cast<const Sym *>(image.bytes.data() + section.offset),
        section.size / sizeof(Sym));
  }
  bool same(const Sym &old, const Sym &now) const;
  Error checkAdded(uint32_t number);

  const Comparison &c;
  const uint32_t index;
  const ArrayRef<uint32_t> indexAfter;
  const std::vector<bool> &isOld;
  const AddedSymbols &added;
  const uint32_t count;
  const ArrayRef<Sym> was, is;
};
} // namespace

template <class ELFT>
bool SymbolComparison<ELFT>::same(const Sym &old, const Sym &now) const {
  uint32_t section = old.st_shndx;
  uint64_t value = old.st_value;
  if (section < indexAfter.size()) {
    const Section &before = c.before.sections[section];
    section = indexAfter[section];
    // One of the linker's own may name a section that it is not in.
    if (value >= before.address && value - before.address <= before.size)
      value = value - before.address + c.after.sections[section].address;
  }
  return now.st_shndx == section && now.st_name == old.st_name &&
         now.st_value == value && now.st_size == old.st_size &&
         now.st_info == old.st_info && now.st_other == old.st_other;
}

template <class ELFT>
Error SymbolComparison<ELFT>::checkAdded(uint32_t number) {
  const Sym &symbol = is[number];
  const Section &names = c.after.sections[indexAfter[added.names]];
  const uint32_t in = symbol.st_shndx;
  const bool isFile = symbol.getType() == STT_FILE && in == SHN_ABS;
  const bool isCode = symbol.getType() == STT_FUNC && in < isOld.size() &&
                      !isOld[in] &&
                      (c.after.sections[in].flags & SHF_EXECINSTR);
  const auto isInside = [&] {
    const Section &code = c.after.sections[in];
    const uint64_t offset = symbol.st_value - code.address;
    return offset <= code.size && symbol.st_size <= code.size - offset;
  };
  if (symbol.getBinding() != STB_LOCAL || symbol.st_name >= names.size ||
      !(isFile || (isCode && isInside())))
    return error("{0}: symbol {1} is new and does not name new code",
                 c.after.describe(indexAfter[index]), number);
  return Error::success();
}

/// findAddedSymbols has compared the sizes of the tables.
template <class ELFT> Error SymbolComparison<ELFT>::run() {
  const uint32_t firstGlobal = c.before.sections[index].info;
  for (size_t i = 0; i < was.size(); ++i)
    if (!same(was[i], is[i < firstGlobal ? i : i + count]))
      return error("{0}: symbol {1} changed", c.before.describe(index), i);
  for (uint32_t i = 0; i < count; ++i)
    if (Error e = checkAdded(firstGlobal + i))
      return e;
  return Error::success();
}

Error compareSymbols(const Comparison &c, uint32_t index,
                     ArrayRef<uint32_t> indexAfter,
                     const std::vector<bool> &isOld,
                     const AddedSymbols &added) {
  return c.before.is64
             ? SymbolComparison<ELF64LE>(c, index, indexAfter, isOld, added)
                   .run()
             : SymbolComparison<ELF32LE>(c, index, indexAfter, isOld, added)
                   .run();
}

template <class Rel>
static Error compareEntries(const Comparison &c, uint32_t index,
                            const Section &now, const AddedSymbols &added) {
  const Section &old = c.before.sections[index];
  const uint32_t firstGlobal = c.before.sections[added.table].info;
  for (uint64_t at = 0; at + sizeof(Rel) <= old.size; at += sizeof(Rel)) {
    Rel due =
        *reinterpret_cast<const Rel *>(c.before.bytes.data() + old.offset + at);
    if (const uint32_t symbol = due.getSymbol(false); symbol >= firstGlobal)
      due.setSymbol(symbol + added.count, false);
    if (std::memcmp(&due, c.after.bytes.data() + now.offset + at, sizeof(Rel)))
      return error("{0}: relocation {1} changed", c.before.describe(index),
                   at / sizeof(Rel));
  }
  return Error::success();
}

Error compareSymbolIndices(const Comparison &c, uint32_t index,
                           const Section &now, const AddedSymbols &added) {
  const Section &old = c.before.sections[index];
  if (now.size != old.size)
    return error("{0}: {1:x} bytes were {2:x}", c.before.describe(index),
                 now.size, old.size);
  if (old.type == SHT_RELA)
    return c.before.is64 ? compareEntries<ELF64LE::Rela>(c, index, now, added)
                         : compareEntries<ELF32LE::Rela>(c, index, now, added);
  return c.before.is64 ? compareEntries<ELF64LE::Rel>(c, index, now, added)
                       : compareEntries<ELF32LE::Rel>(c, index, now, added);
}

} // namespace objprelink
