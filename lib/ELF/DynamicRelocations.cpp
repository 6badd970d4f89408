//===- DynamicRelocations.cpp - DT_RELA, DT_REL, DT_JMPREL, DT_RELR -------===//

#include "ELF/AndroidRelocations.h"
#include "ELF/DynamicTables.h"
#include "ELF/Relr.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Tables in encodings that glibc's ld.so does not read.
static constexpr int64_t kForeignTables[] = {DT_ANDROID_REL, DT_ANDROID_RELA,
                                             DT_ANDROID_RELR, DT_CREL};

namespace {
template <class ELFT> class Reader {
public:
  Reader(Image &image, bool takesPacked)
      : image(image), takesPacked(takesPacked) {}
  Error read();

private:
  using Word = typename ELFT::uint;

  Error findTables();
  Expected<AddressRange> findTable(int64_t tag, int64_t sizeTag,
                                   int64_t entryTag, uint64_t entrySize) const;
  Error separate();
  template <class Entry>
  Error readTable(int64_t tag, const AddressRange &range,
                  std::vector<Relocation> &out) const;
  Error readPacked(int64_t tag, int64_t sizeTag);
  Error readRelr();

  Image &image;
  const bool takesPacked;
  int64_t mainTag = 0;
};
} // namespace

/// The table that \p tag points to, empty where there is none.
template <class ELFT>
Expected<AddressRange> Reader<ELFT>::findTable(int64_t tag, int64_t sizeTag,
                                               int64_t entryTag,
                                               uint64_t entrySize) const {
  const std::optional<uint64_t> address = image.dynamicValue(tag);
  if (!address)
    return AddressRange();
  Expected<uint64_t> size = requiredValue(image, sizeTag);
  if (!size)
    return size.takeError();
  if (!*size)
    return AddressRange();
  // The entries of DT_JMPREL have the size of the main table's, and no entry
  // in the dynamic table of their own where there is no main table.
  if (tag != DT_JMPREL || image.dynamicValue(entryTag)) {
    Expected<uint64_t> given = requiredValue(image, entryTag);
    if (!given)
      return given.takeError();
    if (*given != entrySize)
      return error("{0} is {1}, not {2}", dynamicTagName(entryTag), *given,
                   entrySize);
  }
  if (*size % entrySize)
    return error("{0}: {1:x} bytes in entries of {2}", dynamicTagName(sizeTag),
                 *size, entrySize);
  const AddressRange range = {*address, *size};
  if (Expected<Bytes> contents = tableContents(image, tag, range); !contents)
    return contents.takeError();
  return range;
}

template <class ELFT> Error Reader<ELFT>::findTables() {
  for (int64_t tag : kForeignTables) {
    if (!image.dynamicValue(tag))
      continue;
    if (!takesPacked || tag == DT_CREL)
      return error("{0} is not supported", dynamicTagName(tag));
    image.packedTable = tag;
  }

  if (image.dynamicValue(DT_RELA) && image.dynamicValue(DT_REL))
    return error("both DT_RELA and DT_REL");
  if (image.dynamicValue(DT_RELA))
    mainTag = DT_RELA;
  else if (image.dynamicValue(DT_REL))
    mainTag = DT_REL;

  if (image.dynamicValue(DT_JMPREL)) {
    Expected<uint64_t> type = requiredValue(image, DT_PLTREL);
    if (!type)
      return type.takeError();
    if (*type != DT_RELA && *type != DT_REL)
      return error("DT_PLTREL is {0}, neither DT_RELA nor DT_REL", *type);
    if (mainTag && *type != uint64_t(mainTag))
      return error("DT_PLTREL is {0}, but there is a {1}",
                   dynamicTagName(*type), dynamicTagName(mainTag));
    mainTag = *type;
  }
  if (!mainTag)
    return Error::success();

  image.hasAddends = mainTag == DT_RELA;
  const int64_t entryTag = image.hasAddends ? DT_RELAENT : DT_RELENT;
  const uint64_t entrySize = image.hasAddends ? sizeof(typename ELFT::Rela)
                                              : sizeof(typename ELFT::Rel);
  Expected<AddressRange> range = findTable(
      mainTag, image.hasAddends ? DT_RELASZ : DT_RELSZ, entryTag, entrySize);
  if (!range)
    return range.takeError();
  image.relocationTable = *range;
  range = findTable(DT_JMPREL, DT_PLTRELSZ, entryTag, entrySize);
  if (!range)
    return range.takeError();
  image.pltRelocationTable = *range;
  return separate();
}

/// Some linkers count the PLT's relocations in DT_RELASZ too. glibc takes them
/// off again where both tables end at the same place (_ELF_DYNAMIC_DO_RELOC in
/// elf/dynamic-link.h) and would else apply them twice.
template <class ELFT> Error Reader<ELFT>::separate() {
  AddressRange &table = image.relocationTable;
  const AddressRange &plt = image.pltRelocationTable;
  if (table.empty() || plt.empty())
    return Error::success();
  if (table.end() == plt.end() && table.address <= plt.address)
    table.size -= plt.size;
  else if (table.address < plt.end() && plt.address < table.end())
    return error("DT_JMPREL, {0:x} bytes at {1:x}, overlaps {2}, {3:x} bytes "
                 "at {4:x}",
                 plt.size, plt.address, dynamicTagName(mainTag), table.size,
                 table.address);
  return Error::success();
}

template <class ELFT>
template <class Entry>
Error Reader<ELFT>::readTable(int64_t tag, const AddressRange &range,
                              std::vector<Relocation> &out) const {
  const ArrayRef entries(
      reinterpret_cast<const Entry *>(
          image.contentsAt(range.address, range.size).data()),
      range.size / sizeof(Entry));
  out.resize(entries.size());
  // Most places are in the segment of the one before.
  AddressRange loaded;
  for (auto [index, entry, relocation] : enumerate(entries, out)) {
    relocation.offset = entry.r_offset;
    relocation.type = entry.getType(/*isMips64EL=*/false);
    relocation.symbol = entry.getSymbol(/*isMips64EL=*/false);
    if (relocation.type && !loaded.contains(relocation.offset)) {
      const Segment *segment = image.segmentAt(relocation.offset);
      if (!segment)
        return error("{0}: entry {1}: address {2:x} is in no loadable segment",
                     dynamicTagName(tag), index, relocation.offset);
      loaded = {segment->address, segment->memorySize};
    }
    if constexpr (std::is_same_v<Entry, typename ELFT::Rela>) {
      relocation.addend = entry.r_addend;
    } else {
      // Past the file contents, memory is zero.
      const Bytes place = image.contentsAt(relocation.offset, sizeof(Word));
      if (!place.empty())
        relocation.addend = std::make_signed_t<Word>(
            support::endian::read<Word, endianness::little>(place.data()));
    }
  }
  return Error::success();
}

/// Appends the relocations of Android's table that \p tag points to.
template <class ELFT>
Error Reader<ELFT>::readPacked(int64_t tag, int64_t sizeTag) {
  const std::optional<uint64_t> address = image.dynamicValue(tag);
  if (!address)
    return Error::success();
  Expected<uint64_t> size = requiredValue(image, sizeTag);
  if (!size)
    return size.takeError();
  Expected<Bytes> contents = tableContents(image, tag, {*address, *size});
  if (!contents)
    return contents.takeError();
  Expected<std::vector<Relocation>> decoded =
      decodeAndroidRelocations(*contents, image.is64, image.bytes.size());
  if (!decoded)
    return inContext(dynamicTagName(tag), decoded.takeError());
  for (const Relocation &relocation : *decoded) {
    if (relocation.type && !image.segmentAt(relocation.offset))
      return error("{0}: address {1:x} is in no loadable segment",
                   dynamicTagName(tag), relocation.offset);
    image.relocations.push_back(relocation);
  }
  return Error::success();
}

template <class ELFT> Error Reader<ELFT>::readRelr() {
  const bool isAndroid = takesPacked && image.dynamicValue(DT_ANDROID_RELR);
  Expected<AddressRange> range =
      isAndroid ? findTable(DT_ANDROID_RELR, DT_ANDROID_RELRSZ,
                            DT_ANDROID_RELRENT, sizeof(Word))
                : findTable(DT_RELR, DT_RELRSZ, DT_RELRENT, sizeof(Word));
  if (!range)
    return range.takeError();
  image.relrTable = *range;
  // Each place holds its addend, so it is in the file; segments share no bytes
  // of the file, and so the file bounds the number of places.
  Expected<std::vector<uint64_t>> places =
      decodeRelr(image.contentsAt(range->address, range->size), image.is64,
                 image.bytes.size() / sizeof(Word));
  if (!places)
    return inContext("DT_RELR", places.takeError());
  for (uint64_t place : *places)
    if (image.contentsAt(place, sizeof(Word)).empty())
      return error("DT_RELR: place {0:x} is not in the file contents of a "
                   "loadable segment",
                   place);
  image.relrPlaces = std::move(*places);
  return Error::success();
}

template <class ELFT> Error Reader<ELFT>::read() {
  if (Error e = findTables())
    return e;
  const std::tuple<int64_t, AddressRange, std::vector<Relocation> *> tables[] =
      {{mainTag, image.relocationTable, &image.relocations},
       {DT_JMPREL, image.pltRelocationTable, &image.pltRelocations}};
  for (auto [tag, range, out] : tables)
    if (Error e = image.hasAddends
                      ? readTable<typename ELFT::Rela>(tag, range, *out)
                      : readTable<typename ELFT::Rel>(tag, range, *out))
      return e;
  if (takesPacked) {
    if (Error e = readPacked(DT_ANDROID_RELA, DT_ANDROID_RELASZ))
      return e;
    if (Error e = readPacked(DT_ANDROID_REL, DT_ANDROID_RELSZ))
      return e;
  }
  return readRelr();
}

Error readDynamicRelocations(Image &image, bool takesPacked) {
  return image.is64 ? Reader<object::ELF64LE>(image, takesPacked).read()
                    : Reader<object::ELF32LE>(image, takesPacked).read();
}

} // namespace objprelink
