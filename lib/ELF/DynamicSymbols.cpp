//===- DynamicSymbols.cpp - DT_STRTAB and DT_SYMTAB -----------------------===//
//
// Nothing in the dynamic table says how many symbols there are: ld.so gets to
// them through a hash table or a relocation, and this file does the same.
//
//===----------------------------------------------------------------------===//

#include "ELF/DynamicTables.h"
#include "ELF/SectionTable.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

Expected<uint64_t> requiredValue(const Image &image, int64_t tag) {
  if (const std::optional<uint64_t> value = image.dynamicValue(tag))
    return *value;
  return error("the dynamic table has no {0}", dynamicTagName(tag));
}

Expected<Bytes> tableContents(const Image &image, int64_t tag,
                              const AddressRange &range) {
  const Bytes contents = image.contentsAt(range.address, range.size);
  if (contents.size() != range.size)
    return error("{0}: {1:x} bytes at {2:x} are not in the file contents of a "
                 "loadable segment",
                 dynamicTagName(tag), range.size, range.address);
  return contents;
}

Error checkString(const Image &image, uint64_t offset,
                  function_ref<std::string()> context) {
  if (offset < image.strings.size())
    return Error::success();
  return error("{0}: name offset {1:x} is past the end of the names ({2:x} "
               "bytes)",
               context(), offset, image.strings.size());
}

Error readDynamicStrings(Image &image) {
  Expected<uint64_t> address = requiredValue(image, DT_STRTAB);
  if (!address)
    return address.takeError();
  Expected<uint64_t> size = requiredValue(image, DT_STRSZ);
  if (!size)
    return size.takeError();
  image.stringTable = {*address, *size};
  Expected<Bytes> strings = tableContents(image, DT_STRTAB, image.stringTable);
  if (!strings)
    return strings.takeError();
  if (strings->empty() || strings->back() != 0)
    return error("DT_STRTAB: the string table does not end in a zero byte");
  if (Error e = checkNameLengths(*strings))
    return inContext("DT_STRTAB", std::move(e));
  image.strings = *strings;

  for (const DynamicEntry &entry : image.dynamic)
    if (is_contained({DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH, DT_AUXILIARY,
                      DT_FILTER},
                     entry.tag))
      if (Error e = checkString(image, entry.value,
                                [&] { return dynamicTagName(entry.tag); }))
        return e;
  return Error::success();
}

namespace {
template <class ELFT> class Reader {
public:
  explicit Reader(Image &image) : image(image) {}
  Error read();

private:
  using Sym = typename ELFT::Sym;
  using Word = typename ELFT::Word;

  Expected<uint64_t> count();
  Expected<uint64_t> countByHash(uint64_t address);
  Expected<uint64_t> countByGnuHash(uint64_t address, bool &exact);
  uint64_t countByRelocations() const;
  Error checkRelocations(int64_t tag, ArrayRef<Relocation> relocations) const;

  Image &image;
};
} // namespace

/// gABI, "Hash Table": nbucket, nchain, the buckets, and a chain link for each
/// symbol.
template <class ELFT>
Expected<uint64_t> Reader<ELFT>::countByHash(uint64_t address) {
  Expected<Bytes> head =
      tableContents(image, DT_HASH, {address, 2 * sizeof(Word)});
  if (!head)
    return head.takeError();
  const auto *words = reinterpret_cast<const Word *>(head->data());
  const uint64_t buckets = words[0], chains = words[1];
  image.hashTable = {address, (2 + buckets + chains) * sizeof(Word)};
  if (Expected<Bytes> table = tableContents(image, DT_HASH, image.hashTable);
      !table)
    return table.takeError();
  return chains;
}

/// The symbols with hashes are the last ones, bucket after bucket, and their
/// chains end with a set lowest bit, so the end of the last chain is the end of
/// the table. Not \p exact where no symbol has a hash: GNU ld then writes 1 for
/// the first one that has (bfd_elf_size_dynsym_hash_dynstr), whatever there is.
template <class ELFT>
Expected<uint64_t> Reader<ELFT>::countByGnuHash(uint64_t address, bool &exact) {
  constexpr uint64_t headSize = 4 * sizeof(Word);
  Expected<Bytes> head = tableContents(image, DT_GNU_HASH, {address, headSize});
  if (!head)
    return head.takeError();
  const auto *words = reinterpret_cast<const Word *>(head->data());
  const uint64_t bucketCount = words[0], firstSymbol = words[1];
  const uint64_t chainsAt = headSize + words[2] * sizeof(typename ELFT::uint) +
                            bucketCount * sizeof(Word);
  Expected<Bytes> table =
      tableContents(image, DT_GNU_HASH, {address, chainsAt});
  if (!table)
    return table.takeError();

  const auto *end = reinterpret_cast<const Word *>(table->end());
  uint64_t last = 0;
  for (uint64_t bucket : ArrayRef(end - bucketCount, bucketCount))
    last = std::max(last, bucket);
  exact = last != 0;
  image.gnuHashTable = {address, chainsAt};
  if (!exact)
    return firstSymbol;
  if (last < firstSymbol)
    return error("DT_GNU_HASH: symbol {0} in a bucket, but the first one with "
                 "a hash is {1}",
                 last, firstSymbol);
  const Bytes rest = image.contentsFrom(address).drop_front(chainsAt);
  const ArrayRef chains(reinterpret_cast<const Word *>(rest.data()),
                        rest.size() / sizeof(Word));
  for (; last - firstSymbol < chains.size(); ++last)
    if (chains[last - firstSymbol] & 1) {
      image.gnuHashTable.size += (last + 1 - firstSymbol) * sizeof(Word);
      return last + 1;
    }
  return error("DT_GNU_HASH: the chain of the last symbols does not end in the "
               "file contents of its segment");
}

/// One more than the last symbol that a relocation names.
template <class ELFT> uint64_t Reader<ELFT>::countByRelocations() const {
  uint64_t last = 0;
  for (ArrayRef<Relocation> table :
       {ArrayRef(image.relocations), ArrayRef(image.pltRelocations)})
    for (const Relocation &relocation : table)
      last = std::max<uint64_t>(last, relocation.symbol);
  return last + 1;
}

template <class ELFT> Expected<uint64_t> Reader<ELFT>::count() {
  bool exact = false;
  uint64_t atLeast = 0;
  const std::optional<uint64_t> gnuHash = image.dynamicValue(DT_GNU_HASH);
  if (gnuHash) {
    Expected<uint64_t> symbols = countByGnuHash(*gnuHash, exact);
    if (!symbols)
      return symbols;
    atLeast = *symbols;
  }
  if (const std::optional<uint64_t> hash = image.dynamicValue(DT_HASH)) {
    Expected<uint64_t> symbols = countByHash(*hash);
    if (symbols && exact && *symbols != atLeast)
      return error("DT_HASH has {0} symbols, and DT_GNU_HASH has {1}", *symbols,
                   atLeast);
    return symbols;
  }
  if (exact)
    return atLeast;
  const uint64_t address = *image.dynamicValue(DT_SYMTAB);
  for (const Section &section : image.sections)
    if (section.type == SHT_DYNSYM && section.address == address)
      return std::max<uint64_t>(atLeast, section.size / sizeof(Sym));
  // With an empty hash table, ld.so comes to symbols by relocations only: those
  // that no relocation names are there for nobody.
  if (gnuHash)
    return std::max(atLeast, countByRelocations());
  return error("no DT_HASH, no DT_GNU_HASH and no section header tell how many "
               "dynamic symbols there are");
}

template <class ELFT>
Error Reader<ELFT>::checkRelocations(int64_t tag,
                                     ArrayRef<Relocation> relocations) const {
  for (auto [index, relocation] : enumerate(relocations))
    if (relocation.symbol >= image.symbols.size())
      return error("{0}: entry {1}: symbol index {2} is past the end ({3} "
                   "symbols)",
                   dynamicTagName(tag), index, relocation.symbol,
                   image.symbols.size());
  return Error::success();
}

template <class ELFT> Error Reader<ELFT>::read() {
  Expected<uint64_t> address = requiredValue(image, DT_SYMTAB);
  if (!address)
    return address.takeError();
  Expected<uint64_t> entrySize = requiredValue(image, DT_SYMENT);
  if (!entrySize)
    return entrySize.takeError();
  if (*entrySize != sizeof(Sym))
    return error("DT_SYMENT is {0}, not {1}", *entrySize, sizeof(Sym));
  Expected<uint64_t> symbolCount = count();
  if (!symbolCount)
    return symbolCount.takeError();
  // gABI, "Symbol Table": index 0 (STN_UNDEF) is always there, and relocations
  // that need no symbol have it. An index has 32 bits at most, so this does not
  // overflow.
  const uint64_t present = std::max<uint64_t>(*symbolCount, 1);
  image.symbolTable = {*address, present * sizeof(Sym)};
  Expected<Bytes> table = tableContents(image, DT_SYMTAB, image.symbolTable);
  if (!table)
    return table.takeError();

  image.symbols.resize(present);
  for (auto [index, entry, symbol] :
       enumerate(ArrayRef(reinterpret_cast<const Sym *>(table->data()),
                          image.symbols.size()),
                 image.symbols)) {
    decodeSymbol(entry, symbol);
    if (Error e = checkString(image, symbol.nameOffset, [&, index = index] {
          return formatv("DT_SYMTAB: symbol {0}", index).str();
        }))
      return e;
  }
  if (Error e = checkRelocations(image.hasAddends ? DT_RELA : DT_REL,
                                 image.relocations))
    return e;
  return checkRelocations(DT_JMPREL, image.pltRelocations);
}

Error readDynamicSymbols(Image &image) {
  return image.is64 ? Reader<object::ELF64LE>(image).read()
                    : Reader<object::ELF32LE>(image).read();
}

} // namespace objprelink
