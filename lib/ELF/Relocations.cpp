#include "ELF/Relocations.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCELFExtras.h"
#include "llvm/Object/ELF.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// ELF32_R_INFO has 24 bits for the symbol.
static constexpr uint64_t kMostSymbols32 = 1 << 24;

namespace {
template <class ELFT> struct Codec {
  using Rel = typename ELFT::Rel;
  using Rela = typename ELFT::Rela;

  template <class Entry>
  static ArrayRef<Entry> entries(const Object &object, const Section &section) {
    return ArrayRef(
        reinterpret_cast<const Entry *>(object.contents(section).data()),
        section.size / sizeof(Entry));
  }

  template <class Entry>
  static Error read(const Object &object, uint32_t index,
                    std::vector<Relocation> &out) {
    const Section &section = object.sections[index];
    if (section.entrySize != sizeof(Entry) || section.size % sizeof(Entry))
      return error("{0}: {1:x} bytes in entries of {2}, not {3}",
                   object.describe(index), section.size, section.entrySize,
                   sizeof(Entry));
    const ArrayRef<Entry> table = entries<Entry>(object, section);
    out.resize(table.size());
    for (auto [entry, relocation] : zip_equal(table, out)) {
      relocation.offset = entry.r_offset;
      relocation.type = entry.getType(/*isMips64EL=*/false);
      relocation.symbol = entry.getSymbol(/*isMips64EL=*/false);
      if constexpr (std::is_same_v<Entry, Rela>)
        relocation.addend = entry.r_addend;
    }
    if constexpr (std::is_same_v<Entry, Rel>)
      readImplicitAddends(object, section, out);
    return Error::success();
  }

  /// Reads a word at each place that has room for one.
  static void readImplicitAddends(const Object &object, const Section &section,
                                  std::vector<Relocation> &relocations) {
    using Word = typename ELFT::uint;
    if (section.info >= object.sections.size())
      return;
    const Bytes place = object.contents(object.sections[section.info]);
    for (Relocation &relocation : relocations)
      if (place.size() >= sizeof(Word) &&
          relocation.offset <= place.size() - sizeof(Word))
        relocation.addend = std::make_signed_t<Word>(
            support::endian::read<Word, endianness::little>(place.data() +
                                                            relocation.offset));
  }

  static Error readCompact(const Object &object, uint32_t index,
                           std::vector<Relocation> &out, bool &hasAddends) {
    const Section &section = object.sections[index];
    // An entry takes a byte at least: a count that lies ends with the bytes.
    Error e = object::decodeCrel<ELFT::Is64Bits>(
        object.contents(section),
        [&](uint64_t, bool explicitAddends) { hasAddends = explicitAddends; },
        [&](object::Elf_Crel_Impl<ELFT::Is64Bits> entry) {
          out.push_back(
              {entry.r_offset, entry.r_type, entry.r_symidx, entry.r_addend});
        });
    if (e)
      return inContext(object.describe(index), std::move(e));
    if (!hasAddends)
      readImplicitAddends(object, section, out);
    return Error::success();
  }

  template <class Entry>
  static ByteVector patch(const Object &object, const Section &section,
                          ArrayRef<SymbolChange> changes) {
    const Bytes old = object.contents(section);
    ByteVector out(old.begin(), old.end());
    auto *table = reinterpret_cast<Entry *>(out.data());
    for (const SymbolChange &change : changes)
      table[change.entry].setSymbol(change.symbol, /*IsMips64EL=*/false);
    return out;
  }

  static ByteVector encodeCompact(ArrayRef<Relocation> relocations) {
    // The header's third bit says whether addends are explicit; encodeCrel
    // always sets it, which is what every producer does in objects.
    SmallVector<char, 0> out;
    raw_svector_ostream stream(out);
    encodeCrel<ELFT::Is64Bits>(
        stream, relocations, [](const Relocation &relocation) {
          using Crel = object::Elf_Crel_Impl<ELFT::Is64Bits>;
          return Crel{static_cast<typename Crel::uint>(relocation.offset),
                      relocation.symbol, relocation.type,
                      static_cast<std::make_signed_t<typename Crel::uint>>(
                          relocation.addend)};
        });
    const Bytes bytes = arrayRefFromStringRef(stream.str());
    return ByteVector(bytes.begin(), bytes.end());
  }
};
} // namespace

template <class ELFT>
static Expected<std::vector<Relocation>> readAny(const Object &object,
                                                 uint32_t index) {
  std::vector<Relocation> out;
  bool hasAddends = false;
  const uint32_t type = object.sections[index].type;
  Error e =
      type == SHT_RELA
          ? Codec<ELFT>::template read<typename ELFT::Rela>(object, index, out)
      : type == SHT_REL
          ? Codec<ELFT>::template read<typename ELFT::Rel>(object, index, out)
          : Codec<ELFT>::readCompact(object, index, out, hasAddends);
  if (e)
    return e;
  for (auto [entry, relocation] : enumerate(out))
    if (relocation.symbol >= std::max<size_t>(object.symbols.size(), 1))
      return error("{0}: entry {1}: symbol index {2} is past the end ({3} "
                   "symbols)",
                   object.describe(index), entry, relocation.symbol,
                   object.symbols.size());
  return out;
}

Expected<std::vector<Relocation>> readRelocations(const Object &object,
                                                  uint32_t index) {
  return object.is64 ? readAny<object::ELF64LE>(object, index)
                     : readAny<object::ELF32LE>(object, index);
}

template <class ELFT>
static ByteVector patchAny(const Object &object, uint32_t index,
                           std::vector<Relocation> relocations,
                           ArrayRef<SymbolChange> changes) {
  const Section &section = object.sections[index];
  if (section.type == SHT_RELA)
    return Codec<ELFT>::template patch<typename ELFT::Rela>(object, section,
                                                            changes);
  if (section.type == SHT_REL)
    return Codec<ELFT>::template patch<typename ELFT::Rel>(object, section,
                                                           changes);
  for (const SymbolChange &change : changes)
    relocations[change.entry].symbol = change.symbol;
  return Codec<ELFT>::encodeCompact(relocations);
}

Error checkSymbolCount(bool is64, uint64_t count) {
  if (!is64 && count > kMostSymbols32)
    return error("{0} symbols, more than 32-bit relocations can name", count);
  return Error::success();
}

ByteVector withSymbols(const Object &object, uint32_t index,
                       std::vector<Relocation> relocations,
                       ArrayRef<SymbolChange> changes) {
  return object.is64
             ? patchAny<object::ELF64LE>(object, index, std::move(relocations),
                                         changes)
             : patchAny<object::ELF32LE>(object, index, std::move(relocations),
                                         changes);
}

uint32_t nativeRelocationType(bool is64) {
  return is64 ? SHT_RELA : SHT_REL;
}

uint64_t nativeRelocationSize(bool is64) {
  return is64 ? sizeof(object::ELF64LE::Rela) : sizeof(object::ELF32LE::Rel);
}

ByteVector encodeRelocations(ArrayRef<Relocation> relocations, bool is64) {
  const auto encode = [&]<class Entry>(Entry entry) {
    ByteVector out;
    out.reserve(relocations.size() * sizeof(Entry));
    for (const Relocation &relocation : relocations) {
      entry.r_offset = relocation.offset;
      entry.setSymbolAndType(relocation.symbol, relocation.type,
                             /*IsMips64EL=*/false);
      if constexpr (std::is_same_v<Entry, object::ELF64LE::Rela>)
        entry.r_addend = relocation.addend;
      append_range(
          out, Bytes(reinterpret_cast<const uint8_t *>(&entry), sizeof(entry)));
    }
    return out;
  };
  return is64 ? encode(object::ELF64LE::Rela())
              : encode(object::ELF32LE::Rel());
}

} // namespace objprelink
