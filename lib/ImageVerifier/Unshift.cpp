#include "ImageVerifier/Unshift.h"
#include "ELF/ImageReader.h"
#include "ELF/Properties.h"
#include "ELF/Relr.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// gABI, "Dynamic Section", and those of GNU: d_un is a d_ptr.
static constexpr int64_t kPointers[] = {
    3,          4,          5,          6,          7,          12,        13,
    17,         23,         25,         26,         32,         34,        36,
    0x6ffffef5, 0x6ffffef6, 0x6ffffef7, 0x6ffffff0, 0x6ffffffc, 0x6ffffffe};

namespace {
template <class ELFT> class Unshifter {
public:
  Unshifter(const Image &before, const Image &after, const Machine &machine,
            const Decoder &decoder)
      : before(before), after(after), machine(machine), decoder(decoder),
        out(std::make_unique<UnshiftedImage>()) {}
  Expected<std::unique_ptr<UnshiftedImage>> run();

private:
  using Word = typename ELFT::uint;
  using Ehdr = typename ELFT::Ehdr;
  using Phdr = typename ELFT::Phdr;
  using Shdr = typename ELFT::Shdr;
  using Dyn = typename ELFT::Dyn;
  using Sym = typename ELFT::Sym;
  using Rel = std::conditional_t<ELFT::Is64Bits, typename ELFT::Rela,
                                 typename ELFT::Rel>;

  /// What is at \p offset of the file.
  template <class T> T &at(uint64_t offset) {
    return *reinterpret_cast<T *>(out->bytes.data() + offset);
  }
  /// What is at \p address, which is in the file.
  template <class T> T &in(uint64_t address) {
    return at<T>(after.contentsAt(address, sizeof(T)).data() -
                 after.bytes.data());
  }
  template <class T> void reduce(T &field) { field = field - shift; }
  void reduceWord(uint64_t address) {
    if (!after.contentsAt(address, sizeof(Word)).empty())
      reduce(in<support::detail::packed_endian_specific_integral<
                 Word, endianness::little, 1>>(address));
  }
  void reduceHeaders();
  void reduceDynamic();
  void reduceSymbols();
  void reduceTable(const AddressRange &table, ArrayRef<Relocation> relocations);
  void reduceWords();
  Error checkSkipped() const;
  Error checkEarlyCode() const;
  Error replaceRelocator();

  const Image &before;
  const Image &after;
  const Machine &machine;
  const Decoder &decoder;
  std::unique_ptr<UnshiftedImage> out;
  uint64_t shift = 0;
  /// Of the words that the image's own code relocates, in the new image.
  std::vector<uint64_t> places;
};
} // namespace

template <class ELFT> void Unshifter<ELFT>::reduceHeaders() {
  auto &header = at<Ehdr>(0);
  if (header.e_entry)
    reduce(header.e_entry);
  for (size_t i = 0; i < after.segments.size(); ++i) {
    auto &segment = at<Phdr>(after.segmentTableOffset + i * sizeof(Phdr));
    const bool isSomewhere =
        segment.p_type == PT_LOAD ||
        (segment.p_type != PT_NULL && segment.p_type != PT_GNU_STACK &&
         segment.p_memsz);
    if (!isSomewhere)
      continue;
    reduce(segment.p_vaddr);
    reduce(segment.p_paddr);
  }
  for (size_t i = 0; i < after.sections.size(); ++i) {
    auto &section = at<Shdr>(after.sectionTableOffset + i * sizeof(Shdr));
    if (section.sh_flags & SHF_ALLOC)
      reduce(section.sh_addr);
  }
}

template <class ELFT> void Unshifter<ELFT>::reduceDynamic() {
  for (size_t i = 0; i < after.dynamic.size(); ++i)
    if (auto &entry = in<Dyn>(after.dynamicRange.address + i * sizeof(Dyn));
        is_contained(kPointers, int64_t(entry.d_tag)))
      reduce(entry.d_un.d_ptr);
}

template <class ELFT> void Unshifter<ELFT>::reduceSymbols() {
  const auto reduceSymbol = [&](Sym &symbol) {
    if (symbol.st_shndx != SHN_UNDEF && symbol.st_shndx < SHN_LORESERVE &&
        symbol.getType() != STT_TLS)
      reduce(symbol.st_value);
  };
  for (size_t i = 0; i < after.symbols.size(); ++i)
    reduceSymbol(in<Sym>(after.symbolTable.address + i * sizeof(Sym)));
  for (const Section &section : after.sections)
    if (section.type == SHT_SYMTAB)
      for (uint64_t i = 0; i + sizeof(Sym) <= section.size; i += sizeof(Sym))
        reduceSymbol(at<Sym>(section.offset + i));
}

template <class ELFT>
void Unshifter<ELFT>::reduceTable(const AddressRange &table,
                                  ArrayRef<Relocation> relocations) {
  for (auto [index, relocation] : enumerate(relocations)) {
    auto &entry = in<Rel>(table.address + index * sizeof(Rel));
    reduce(entry.r_offset);
    if constexpr (ELFT::Is64Bits)
      if (relocation.type == machine.relative ||
          relocation.type == machine.indirectRelative)
        reduce(entry.r_addend);
  }
}

/// Words that have an address before anything relocates them, or that hold an
/// addend that is one.
template <class ELFT> void Unshifter<ELFT>::reduceWords() {
  const auto wordAt = [&](uint64_t place) {
    return after.word(place).value_or(0);
  };
  for (const Relocation &relocation : after.pltRelocations)
    if (wordAt(relocation.offset) &&
        (relocation.type == machine.jumpSlot ||
         (!ELFT::Is64Bits && relocation.type == machine.indirectRelative)))
      reduceWord(relocation.offset);
  if constexpr (!ELFT::Is64Bits)
    for (const Relocation &relocation : after.relocations)
      if (relocation.type == machine.relative ||
          relocation.type == machine.indirectRelative)
        reduceWord(relocation.offset);
  for (uint64_t place : places)
    reduceWord(place);
  // The first word of the GOT is where the dynamic table is.
  if (const std::optional<uint64_t> got = after.dynamicValue(DT_PLTGOT);
      got && wordAt(*got) == after.dynamicRange.address)
    reduceWord(*got);
}

/// ld.so adds 0 to what it does not know to be relative. It does so to no word
/// of this table, and it knows as many as DT_RELCOUNT says.
template <class ELFT> Error Unshifter<ELFT>::checkSkipped() const {
  const uint64_t relative =
      count_if(after.relocations, [&](const Relocation &relocation) {
        return relocation.type == machine.relative;
      });
  if (after.dynamicValue(DT_RELCOUNT).value_or(0) != relative)
    return error("DT_RELCOUNT is {0}, but {1} relocations are RELATIVE",
                 after.dynamicValue(DT_RELCOUNT).value_or(0), relative);
  if (!after.relrPlaces.empty())
    return error("DT_RELR has words that ld.so writes to at any address");
  for (const Relocation &relocation : after.relocations)
    if (relocation.type == machine.relative && !after.word(relocation.offset))
      return error("address {0:x}: its addend is not in the file",
                   relocation.offset);
  return Error::success();
}

/// glibc calls the resolver of an IRELATIVE relocation behind all others of its
/// table; that of a symbol, when a relocation of another type names it.
template <class ELFT> Error Unshifter<ELFT>::checkEarlyCode() const {
  for (const DynamicSymbol &symbol : after.symbols)
    if (symbol.type == STT_GNU_IFUNC && !symbol.isUndefined())
      return error("symbol '{0}' may run code before the image is relocated",
                   after.name(symbol));
  return Error::success();
}

/// Finds what the image's own code does, and makes of it what ld.so would.
template <class ELFT> Error Unshifter<ELFT>::replaceRelocator() {
  const auto found =
      find_if(after.relocations, [&](const Relocation &relocation) {
        return relocation.type == machine.indirectRelative;
      });
  if (found == after.relocations.end())
    return error("no IRELATIVE relocation is in the main table");
  const uint64_t code = found->addend;
  const std::optional<DecodedRelocator> relocator =
      decoder.relocator(after, code);
  if (!relocator)
    return error("the code at {0:x} does not relocate the image", code);
  if (readProperties(after).protection.landingPads && !relocator->hasLandingPad)
    return error("the code at {0:x} has no landing pad", code);
  if (relocator->image != after.firstPage() ||
      relocator->preferred != after.firstPage())
    return error("the code at {0:x} compares {1:x} with {2:x}, and the image "
                 "begins at {3:x}",
                 code, relocator->image, relocator->preferred,
                 after.firstPage());
  const AddressRange table = relocator->table;
  const Segment *segment = after.segmentAt(table.address, table.size);
  const Bytes contents = after.contentsAt(table.address, table.size);
  if (!segment || (segment->flags & PF_W) || contents.empty())
    return error("the table at {0:x} is not in read-only memory",
                 table.address);
  Expected<std::vector<uint64_t>> decoded =
      decodeRelr(contents, after.is64, after.bytes.size() / sizeof(Word));
  if (!decoded)
    return inContext(formatv("the table at {0:x}", table.address).str(),
                     decoded.takeError());
  places = std::move(*decoded);
  for (uint64_t place : places) {
    const Segment *holder = after.segmentAt(place, sizeof(Word));
    if (!holder || !(holder->flags & PF_W) || !after.word(place))
      return error("the table at {0:x}: {1:x} is no word of the file that can "
                   "be written to",
                   table.address, place);
  }
  if (!after.relrPlaces.empty())
    return error("DT_RELR has words that ld.so writes to at any address");

  const uint64_t index = found - after.relocations.begin();
  auto &entry = in<Rel>(after.relocationTable.address + index * sizeof(Rel));
  entry.setSymbolAndType(0, machine.relative, /*IsMips64EL=*/false);
  if constexpr (ELFT::Is64Bits)
    entry.r_addend = relocator->value - shift;
  return Error::success();
}

template <class ELFT>
Expected<std::unique_ptr<UnshiftedImage>> Unshifter<ELFT>::run() {
  shift = after.firstPage() - before.firstPage();
  for (const Segment &segment : after.segments)
    if ((segment.type == PT_LOAD || segment.type == PT_TLS) &&
        segment.alignment > 1 && shift % segment.alignment)
      return error(
          "the image is {0:x} higher than before, which is no multiple "
          "of the alignment {1:x} of what is at {2:x}",
          shift, segment.alignment, segment.address);
  if (after.hasTextRelocations())
    return error("text relocations are written at any address");
  out->bytes.assign(after.bytes.begin(), after.bytes.end());
  reduceHeaders();
  reduceDynamic();
  reduceSymbols();
  reduceTable(after.relocationTable, after.relocations);
  reduceTable(after.pltRelocationTable, after.pltRelocations);
  if (machine.skipsRelative) {
    if (Error e = checkSkipped())
      return e;
  } else {
    if (Error e = checkEarlyCode())
      return e;
    if (Error e = replaceRelocator())
      return e;
  }
  reduceWords();
  Expected<Image> read = readImage(out->bytes);
  if (!read)
    return inContext("without its address", read.takeError());
  out->image = std::move(*read);
  for (uint64_t place : places)
    out->image.relrPlaces.push_back(place - shift);
  return std::move(out);
}

Expected<std::unique_ptr<UnshiftedImage>> unshift(const Image &before,
                                                  const Image &after,
                                                  const Machine &machine,
                                                  const Decoder &decoder) {
  return after.is64
             ? Unshifter<object::ELF64LE>(before, after, machine, decoder).run()
             : Unshifter<object::ELF32LE>(before, after, machine, decoder)
                   .run();
}

} // namespace objprelink
