//===- SymbolVersions.cpp - DT_VERNEED, DT_VERDEF, DT_VERSYM --------------===//
//
// The tables are chains of entries, each with a chain of its own (LSB Core,
// "Symbol Versioning"), and are equal in both classes. Only the count and the
// links of a chain say where it ends. Hostile chains do not last: links lead
// forward, inside of one segment, and no two versions may have the same index
// of 15 bits.
//
//===----------------------------------------------------------------------===//

#include "ELF/DynamicTables.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"
#include <bitset>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
class Reader {
public:
  explicit Reader(Image &image) : image(image) {}
  Error read();

private:
  using Verneed = object::ELF64LE::Verneed;
  using Vernaux = object::ELF64LE::Vernaux;
  using Verdef = object::ELF64LE::Verdef;
  using Verdaux = object::ELF64LE::Verdaux;

  void open(int64_t newTag);
  Error readNeeded();
  Error readNeededVersions(uint64_t at, uint16_t count, StringRef library);
  Error readDefined();
  Error readVersionsOfSymbols();

  template <class Entry> Expected<const Entry *> entryAt(uint64_t at);
  Error advance(uint64_t &at, uint64_t step, bool isLast) const;
  Error take(uint16_t index);
  Expected<StringRef> string(uint32_t offset) const;
  std::string here(uint64_t at) const {
    return formatv("{0}: entry at {1:x}", dynamicTagName(tag), base + at);
  }

  Image &image;
  /// The chain that is read: its tag, address, the bytes that it may be in, and
  /// the end of its last entry.
  int64_t tag = 0;
  uint64_t base = 0;
  Bytes bytes;
  uint64_t end = 0;
  std::bitset<VERSYM_VERSION + 1> taken;
};
} // namespace

void Reader::open(int64_t newTag) {
  tag = newTag;
  base = *image.dynamicValue(tag);
  bytes = image.contentsFrom(base);
  end = 0;
}

template <class Entry> Expected<const Entry *> Reader::entryAt(uint64_t at) {
  if (at > bytes.size() || sizeof(Entry) > bytes.size() - at)
    return error("{0} is not in the file contents of a loadable segment",
                 here(at));
  end = std::max<uint64_t>(end, at + sizeof(Entry));
  return reinterpret_cast<const Entry *>(bytes.data() + at);
}

/// ld.so follows the links, other tools the counts; both must say the same.
Error Reader::advance(uint64_t &at, uint64_t step, bool isLast) const {
  if (isLast && step)
    return error("{0}: its chain goes on past the last one", here(at));
  if (!isLast && !step)
    return error("{0}: its chain ends before the last one", here(at));
  at += step;
  return Error::success();
}

Error Reader::take(uint16_t index) {
  if (taken[index])
    return error("{0}: version index {1} is taken", dynamicTagName(tag), index);
  taken[index] = true;
  return Error::success();
}

Expected<StringRef> Reader::string(uint32_t offset) const {
  if (Error e = checkString(image, offset, [&] { return dynamicTagName(tag); }))
    return e;
  return image.string(offset);
}

Error Reader::readNeededVersions(uint64_t at, uint16_t count,
                                 StringRef library) {
  for (uint16_t left = count; left; --left) {
    Expected<const Vernaux *> entry = entryAt<Vernaux>(at);
    if (!entry)
      return entry.takeError();
    Expected<StringRef> name = string((*entry)->vna_name);
    if (!name)
      return name.takeError();
    const uint16_t index = (*entry)->vna_other & VERSYM_VERSION;
    if (index <= VER_NDX_GLOBAL)
      return error("{0}: version index {1} is reserved", here(at), index);
    if (Error e = take(index))
      return e;
    image.neededVersions.push_back({library, *name, index});
    if (Error e = advance(at, (*entry)->vna_next, left == 1))
      return e;
  }
  return Error::success();
}

Error Reader::readNeeded() {
  if (!image.dynamicValue(DT_VERNEED))
    return Error::success();
  Expected<uint64_t> count = requiredValue(image, DT_VERNEEDNUM);
  if (!count)
    return count.takeError();
  open(DT_VERNEED);
  uint64_t at = 0;
  for (uint64_t left = *count; left; --left) {
    Expected<const Verneed *> entry = entryAt<Verneed>(at);
    if (!entry)
      return entry.takeError();
    if ((*entry)->vn_version != VER_NEED_CURRENT)
      return error("{0}: vn_version is {1}, not {2}", here(at),
                   uint32_t((*entry)->vn_version), uint32_t(VER_NEED_CURRENT));
    Expected<StringRef> library = string((*entry)->vn_file);
    if (!library)
      return library.takeError();
    if (Error e = readNeededVersions(at + (*entry)->vn_aux, (*entry)->vn_cnt,
                                     *library))
      return e;
    if (Error e = advance(at, (*entry)->vn_next, left == 1))
      return e;
  }
  image.neededVersionTable = {base, end};
  return Error::success();
}

Error Reader::readDefined() {
  if (!image.dynamicValue(DT_VERDEF))
    return Error::success();
  Expected<uint64_t> count = requiredValue(image, DT_VERDEFNUM);
  if (!count)
    return count.takeError();
  open(DT_VERDEF);
  uint64_t at = 0;
  for (uint64_t left = *count; left; --left) {
    Expected<const Verdef *> entry = entryAt<Verdef>(at);
    if (!entry)
      return entry.takeError();
    if ((*entry)->vd_version != VER_DEF_CURRENT)
      return error("{0}: vd_version is {1}, not {2}", here(at),
                   uint32_t((*entry)->vd_version), uint32_t(VER_DEF_CURRENT));
    // The first name is the version's; others are those that it inherits.
    Expected<const Verdaux *> first = entryAt<Verdaux>(at + (*entry)->vd_aux);
    if (!first)
      return first.takeError();
    Expected<StringRef> name = string((*first)->vda_name);
    if (!name)
      return name.takeError();
    const uint16_t index = (*entry)->vd_ndx & VERSYM_VERSION;
    if (Error e = take(index))
      return e;
    image.definedVersions.push_back(
        {*name, index, ((*entry)->vd_flags & VER_FLG_BASE) != 0});
    if (Error e = advance(at, (*entry)->vd_next, left == 1))
      return e;
  }
  image.definedVersionTable = {base, end};
  return Error::success();
}

Error Reader::readVersionsOfSymbols() {
  const std::optional<uint64_t> address = image.dynamicValue(DT_VERSYM);
  if (!address)
    return Error::success();
  image.versionTable = {*address, image.symbols.size() * sizeof(uint16_t)};
  Expected<Bytes> table = tableContents(image, DT_VERSYM, image.versionTable);
  if (!table)
    return table.takeError();
  const auto *versions =
      reinterpret_cast<const object::ELF64LE::Half *>(table->data());
  taken[VER_NDX_LOCAL] = taken[VER_NDX_GLOBAL] = true;
  for (auto [index, symbol] : enumerate(image.symbols)) {
    symbol.version = versions[index];
    if (!taken[symbol.versionIndex()])
      return error("DT_VERSYM: symbol {0}: there is no version {1}", index,
                   symbol.versionIndex());
  }
  return Error::success();
}

Error Reader::read() {
  if (Error e = readNeeded())
    return e;
  if (Error e = readDefined())
    return e;
  return readVersionsOfSymbols();
}

Error readSymbolVersions(Image &image) {
  return Reader(image).read();
}

} // namespace objprelink
