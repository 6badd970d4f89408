//===- VerifyLinks.cpp - prove that two links are the same ----------------===//
//
// A linker that has made room for entries (Linker/SecondLink.h) has laid the
// image out anew, so that its addresses say nothing. Here an address is the
// offset in a section that both images have, or the word or the entry of a
// symbol. Dynamic symbols, their versions and what the library needs are equal,
// by index. Relocations are equal by place, symbol and value. The bytes of each
// section are equal, but for fields that hold an address or a distance: each
// field that differs must lead to the same in both images.
//
// A field that does not differ, and leads to what has moved, is as wrong. It is
// found where the format says what is a field: in headers and tables
// (VerifyLinkHeaders.cpp), unwind tables (VerifyLinkUnwind.cpp), words of the
// GOT and entries of the PLT (LinkEntries.cpp), and the instructions of code
// (VerifyLinkCode.cpp). Elsewhere, in data and in debug information, what a
// field is cannot be known without the linker's inputs. There a field that
// differs is taken for a distance from itself, from its section or from the
// GOT, or for an address, whichever leads to the same place; and one that does
// not is noticed if it is between two that do, as in a table of jumps.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/VerifyLinks.h"
#include "ImageVerifier/Comparison.h"
#include "ImageVerifier/LinkParts.h"
#include "Support/Diagnostics.h"
#include "Support/SortByNumber.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/Endian.h"
#include <tuple>

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::support::endian;

namespace objprelink {

namespace {
/// A slot of the rewritten image, and the symbol that it had.
struct LinkedSlot {
  uint64_t place = 0;
  uint32_t symbol = 0;
};

class LinkComparison {
public:
  LinkComparison(const Image &plain, const Image &now, const Machine &machine,
                 const Decoder &decoder)
      : plain(plain), now(now), machine(machine), decoder(decoder),
        addresses(plain, now, machine, decoder) {}
  Error run();
  ArrayRef<LinkedSlot> redirected() const { return slots; }

private:
  bool isSameIn(uint32_t section, uint64_t was, uint64_t is) const;
  Error compareSymbols();
  Error compareVersions();
  Error compareRelocations();
  Error compareGot();
  Error compareStaticSymbols(const Section &was, const Section &is);
  const LinkedSlot *packedSlotAt(uint64_t address) const;
  Error compareContents(uint32_t index);
  bool sameField(const Section &was, const Section &is, size_t at,
                 size_t size) const;
  bool isLeftBehind(const Section &was, const Section &is, size_t field) const;

  const Image &plain;
  const Image &now;
  const Machine &machine;
  const Decoder &decoder;
  LinkAddresses addresses;
  std::vector<LinkedSlot> slots;
};
} // namespace

/// Whether \p was and \p is are the same place of a section of the plain image.
bool LinkComparison::isSameIn(uint32_t section, uint64_t was,
                              uint64_t is) const {
  if (section < plain.sections.size() && addresses.hasSameSize(section)) {
    const Section &old = plain.sections[section];
    if (was - old.address <= old.size)
      return is - was ==
             now.sections[addresses.indexNow(section)].address - old.address;
  }
  return addresses.isSame(was, is);
}

Error LinkComparison::compareSymbols() {
  if (plain.symbols.size() != now.symbols.size())
    return error("{0} dynamic symbols were {1}", now.symbols.size(),
                 plain.symbols.size());
  for (auto [index, was, is] : enumerate(plain.symbols, now.symbols)) {
    const bool isThere = !was.isInSection() || was.type == STT_TLS
                             ? was.value == is.value
                             : isSameIn(was.section, was.value, is.value);
    const bool isSameSection =
        !was.isInSection() || was.section >= plain.sections.size() ||
        (was.type != STT_TLS && LinkAddresses::isHeader(was.value)) ||
        is.section == addresses.indexNow(was.section);
    if (plain.name(was) != now.name(is) || was.type != is.type ||
        was.binding != is.binding || was.visibility != is.visibility ||
        was.size != is.size || was.version != is.version ||
        was.isUndefined() != is.isUndefined() ||
        was.isInSection() != is.isInSection() || !isSameSection || !isThere)
      return error("dynamic symbol {0} is {1}, and was {2}, or is not what it "
                   "was",
                   index, now.name(is), plain.name(was));
  }
  return Error::success();
}

Error LinkComparison::compareVersions() {
  const auto sameNeeded = [](const NeededVersion &a, const NeededVersion &b) {
    return a.library == b.library && a.name == b.name && a.index == b.index;
  };
  const auto sameDefined = [](const DefinedVersion &a,
                              const DefinedVersion &b) {
    return a.name == b.name && a.index == b.index && a.isBase == b.isBase;
  };
  if (!llvm::equal(ArrayRef(plain.neededVersions), ArrayRef(now.neededVersions),
                   sameNeeded) ||
      !llvm::equal(ArrayRef(plain.definedVersions),
                   ArrayRef(now.definedVersions), sameDefined))
    return error("the versions are not those before");
  return Error::success();
}

namespace {
struct PlacedValue {
  uint64_t place = 0;
  uint32_t type = 0;
  uint32_t symbol = 0;
  int64_t value = 0;

  auto key() const { return std::tuple(place, type, symbol, value); }
};
} // namespace

/// All relocations of places that are not in the GOT or in the words of the
/// PLT, by place.
template <class MapPlace>
static std::vector<PlacedValue>
collect(const Image &image, const Machine &machine, MapPlace mapPlace) {
  std::vector<PlacedValue> out;
  out.reserve(image.relocations.size() + image.relrPlaces.size());
  const auto add = [&](uint64_t place, uint32_t type, uint32_t symbol,
                       int64_t value) {
    const std::optional<uint64_t> at = mapPlace(place);
    if (at && type)
      out.push_back({*at, type, symbol, value});
  };
  for (ArrayRef<Relocation> table :
       {ArrayRef(image.relocations), ArrayRef(image.pltRelocations)})
    for (const Relocation &r : table)
      add(r.offset, r.type, r.symbol,
          r.type == machine.jumpSlot ? 0 : r.addend);
  for (uint64_t place : image.relrPlaces)
    add(place, machine.relative, 0, image.word(place).value_or(0));
  sortByNumber(out, [](const PlacedValue &value) { return value.place; });
  // Few places have more than one.
  for (auto next = out.begin(); next != out.end();) {
    const auto end = std::find_if(
        next, out.end(), [place = next->place](const PlacedValue &value) {
          return value.place != place;
        });
    if (end - next > 1)
      std::sort(next, end, [](const PlacedValue &a, const PlacedValue &b) {
        return a.key() < b.key();
      });
    next = end;
  }
  return out;
}

Error LinkComparison::compareRelocations() {
  // Most are in a few sections.
  MovedRange section;
  const std::vector<PlacedValue> olds =
      collect(plain, machine, [&](uint64_t place) -> std::optional<uint64_t> {
        if (!section.old.contains(place))
          section = addresses.sectionAt(place);
        return section.old.empty() ? std::nullopt
                                   : std::optional(place + section.slide);
      });
  const std::vector<PlacedValue> nows =
      collect(now, machine, [&](uint64_t place) -> std::optional<uint64_t> {
        return addresses.isEntryNow(place) ? std::nullopt
                                           : std::optional(place);
      });
  if (olds.size() != nows.size())
    return error("{0} relocations were {1}", nows.size(), olds.size());
  for (auto [was, is] : zip_equal(olds, nows)) {
    const bool isAddress =
        !was.symbol &&
        (was.type == machine.relative || was.type == machine.indirectRelative);
    if (was.place == is.place && was.type == is.type &&
        was.symbol == is.symbol &&
        (isAddress ? addresses.isSame(was.value, is.value)
                   : was.value == is.value))
      continue;
    if (was.place != is.place || was.type != machine.absoluteWord ||
        !was.symbol || was.value || is.type != machine.relative || is.symbol)
      return error("address {0:x}: a relocation of type {1}, symbol {2}, value "
                   "{3:x} was {4}, {5}, {6:x}, for {7:x}",
                   is.place, is.type, is.symbol, uint64_t(is.value), was.type,
                   was.symbol, uint64_t(was.value), was.place);
    slots.push_back({is.place, was.symbol});
  }
  return Error::success();
}

/// Each entry of the plain image has its equal, which LinkAddresses has found
/// by symbol, and new ones are of symbols.
Error LinkComparison::compareGot() {
  const auto isBound = [&](const Relocation &relocation) {
    return relocation.symbol && (relocation.type == machine.globDat ||
                                 relocation.type == machine.jumpSlot);
  };
  if (Error e = addresses.checkWords())
    return e;
  for (const Relocation &relocation : now.pltRelocations)
    if (!addresses.isMappedWord(relocation.offset) && !isBound(relocation))
      return error("address {0:x}: a relocation of type {1} is new",
                   relocation.offset, relocation.type);
  for (const Relocation &relocation : now.relocations)
    if (addresses.isEntryNow(relocation.offset) &&
        !addresses.isMappedWord(relocation.offset) && !isBound(relocation))
      return error("address {0:x}: a relocation of type {1} is new",
                   relocation.offset, relocation.type);
  return Error::success();
}

/// Whether the field of \p size bytes at offset \p at of both sections leads to
/// the same in both images.
bool LinkComparison::sameField(const Section &was, const Section &is, size_t at,
                               size_t size) const {
  const uint8_t *old = plain.bytes.data() + was.offset + at;
  const uint8_t *fresh = now.bytes.data() + is.offset + at;
  if (size == 8 && addresses.isSame(read64le(old), read64le(fresh)))
    return true;
  const int64_t a = size == 8 ? read64le(old) : int32_t(read32le(old));
  const int64_t b = size == 8 ? read64le(fresh) : int32_t(read32le(fresh));
  // An immediate may follow a distance.
  for (uint64_t more : {0, 4, 1, 2, 5, 8})
    if (addresses.isSame(was.address + at + more + a,
                         is.address + at + more + b))
      return true;
  // From the section, as in .eh_frame_hdr, from a place in it, as in tables of
  // jumps, or from the GOT, as in each library that uses Qt.
  const std::optional<uint64_t> oldGot = plain.dynamicValue(DT_PLTGOT),
                                got = now.dynamicValue(DT_PLTGOT);
  return !(was.flags & SHF_EXECINSTR) &&
         (addresses.isSame(was.address + a, is.address + b) ||
          addresses.isSlide((is.address + b) - (was.address + a)) ||
          (oldGot && got && addresses.isSame(*oldGot + a, *got + b)));
}

/// The first offset from \p at on where \p a and \p b, which are as long,
/// differ.
static size_t nextDifference(Bytes a, Bytes b, size_t at) {
  for (; at + 8 <= a.size(); at += 8)
    if (const uint64_t bits = read64le(&a[at]) ^ read64le(&b[at]))
      return at + countr_zero(bits) / 8;
  while (at < a.size() && a[at] == b[at])
    ++at;
  return at;
}

/// Whether the four bytes behind the distance at offset \p field, which
/// differs, are equal in both, lead where that does, and are followed by others
/// that differ: they are in a table of distances, each of which is another now.
/// At the end of a table may be anything.
bool LinkComparison::isLeftBehind(const Section &was, const Section &is,
                                  size_t field) const {
  constexpr size_t size = 4;
  const size_t at = field + size, next = at + size;
  const auto number = [&](const Image &image, const Section &section,
                          size_t from) {
    return int64_t(int32_t(read32le(&image.bytes[section.offset + from])));
  };
  if (next + size > was.size || number(plain, was, at) != number(now, is, at) ||
      number(plain, was, next) == number(now, is, next))
    return false;
  const MovedRange there =
      addresses.sectionAt(was.address + field + number(plain, was, field));
  return there.old.contains(was.address + at + number(plain, was, at)) &&
         there.slide != is.address - was.address;
}

/// The redirected slot that has the byte at \p address and that DT_RELR adds
/// to, so that its value, which was compared with the relocations, is there.
const LinkedSlot *LinkComparison::packedSlotAt(uint64_t address) const {
  const auto after = partition_point(
      slots, [&](const LinkedSlot &slot) { return slot.place <= address; });
  if (after == slots.begin())
    return nullptr;
  const LinkedSlot &slot = *std::prev(after);
  return address - slot.place < machine.wordSize &&
                 llvm::binary_search(now.relrPlaces, slot.place)
             ? &slot
             : nullptr;
}

Error LinkComparison::compareContents(uint32_t index) {
  const Section &was = plain.sections[index];
  const Section &is = now.sections[addresses.indexNow(index)];
  const auto refuse = [&](uint64_t at) {
    return error("{0}: the byte at {1:x} is {2:x-2} and was {3:x-2}",
                 plain.describe(index), at, now.bytes[is.offset + at],
                 plain.bytes[was.offset + at]);
  };
  // compareUnwinding() and compareCode() know where distances are.
  const bool isData =
      (was.flags & SHF_ALLOC) && !(was.flags & SHF_EXECINSTR) &&
      !is_contained({".eh_frame", ".eh_frame_hdr", ".gcc_except_table"},
                    plain.name(was));
  const Bytes a = plain.bytes.slice(was.offset, was.size);
  const Bytes b = now.bytes.slice(is.offset, is.size);
  size_t at = 0;
  while (true) {
    at = nextDifference(a, b, at);
    if (at == a.size())
      return Error::success();
    if (const LinkedSlot *slot = packedSlotAt(is.address + at)) {
      at = std::min<uint64_t>(slot->place + machine.wordSize - is.address,
                              a.size());
      continue;
    }
    // The field may begin before the first byte that differs.
    size_t begin = 0, end = 0;
    for (size_t size : {4, 8})
      for (size_t back = 0; back < size && back <= at && !end; ++back)
        if (size <= a.size() - (at - back) &&
            sameField(was, is, at - back, size)) {
          begin = at - back;
          end = begin + size;
        }
    if (end <= at)
      return refuse(at);
    if (isData && begin % 4 == 0 && end - begin == 4 &&
        isLeftBehind(was, is, begin))
      return error(
          "{0}: the distance at {1:x} is what it was, and those beside "
          "it are not",
          plain.describe(index), was.address + end);
    at = end;
  }
}

/// Those that debuggers and profilers read.
Error LinkComparison::compareStaticSymbols(const Section &was,
                                           const Section &is) {
  const auto symbolsOf = [](const Image &image, const Section &section) {
    return ArrayRef(reinterpret_cast<const object::ELF64LE::Sym *>(
                        image.bytes.data() + section.offset),
                    section.size / sizeof(object::ELF64LE::Sym));
  };
  for (auto [index, a, b] :
       enumerate(symbolsOf(plain, was), symbolsOf(now, is))) {
    const bool isInSection =
        a.st_shndx != SHN_UNDEF && a.st_shndx < plain.sections.size();
    // What is in the headers is given the first section, whichever that is.
    const bool isInHeaders = isInSection && a.getType() != STT_TLS &&
                             LinkAddresses::isHeader(a.st_value);
    const bool sameSection =
        isInHeaders ||
        b.st_shndx == (isInSection ? addresses.indexNow(a.st_shndx)
                                   : uint32_t(a.st_shndx));
    const bool sameValue = isInSection && a.getType() != STT_TLS
                               ? isSameIn(a.st_shndx, a.st_value, b.st_value)
                               : a.st_value == b.st_value;
    if (a.st_name != b.st_name || a.st_info != b.st_info ||
        a.st_other != b.st_other || a.st_size != b.st_size || !sameSection ||
        !sameValue)
      return error("symbol {0} is not what it was", index);
  }
  return Error::success();
}

Error LinkComparison::run() {
  if (Error e = addresses.match())
    return e;
  const LinkPair links = {plain, now, machine, addresses};
  if (Error e = compareHeaders(links))
    return e;
  if (Error e = compareSymbols())
    return e;
  if (Error e = compareVersions())
    return e;
  if (Error e = compareDynamic(links))
    return e;
  if (Error e = compareGot())
    return e;
  if (Error e = compareRelocations())
    return e;
  for (auto [index, section] : enumerate(plain.sections)) {
    if (!addresses.hasSameContents(index))
      continue;
    if (section.type == SHT_SYMTAB) {
      if (Error e = compareStaticSymbols(
              section, now.sections[addresses.indexNow(index)]))
        return e;
    } else if (Error e = compareContents(index)) {
      return e;
    }
  }
  Expected<std::vector<AddressRange>> functions = compareUnwinding(links);
  if (!functions)
    return functions.takeError();
  return compareCode(links, decoder, *functions);
}

/// The comparison of two links, of a machine for which there is one.
static Expected<LinkComparison> begin(const Image &plain, const Image &now) {
  const Machine *machine = findMachine(plain.machine, plain.is64);
  const Decoder *decoder = findDecoder(plain.machine, plain.is64);
  if (!machine || !decoder || !plain.is64 || plain.machine != now.machine ||
      plain.is64 != now.is64 || plain.sections.empty() || now.sections.empty())
    return error("links cannot be compared without section headers, or for "
                 "another machine than x86-64");
  return LinkComparison(plain, now, *machine, *decoder);
}

Error verifyLinks(const Image &plain, const Image &roomy) {
  Expected<LinkComparison> comparison = begin(plain, roomy);
  if (!comparison)
    return comparison.takeError();
  if (Error e = comparison->run())
    return e;
  if (!comparison->redirected().empty())
    return error("the slot at {0:x} has changed",
                 comparison->redirected().front().place);
  return Error::success();
}

/// Has the slots of \p image hold what they held.
static void restore(Image &image, ArrayRef<LinkedSlot> slots,
                    const Machine &machine) {
  std::vector<bool> done(slots.size());
  const auto slotAt = [&](uint64_t place) -> const LinkedSlot * {
    const auto *found = partition_point(
        slots, [&](const LinkedSlot &slot) { return slot.place < place; });
    return found != slots.end() && found->place == place ? found : nullptr;
  };
  for (Relocation &relocation : image.relocations)
    if (const LinkedSlot *slot = slotAt(relocation.offset))
      relocation = {relocation.offset, machine.absoluteWord, slot->symbol, 0};
  erase_if(image.relrPlaces, [&](uint64_t place) {
    const LinkedSlot *slot = slotAt(place);
    if (slot)
      image.relocations.push_back(
          {place, machine.absoluteWord, slot->symbol, 0});
    return slot != nullptr;
  });
}

Error verifyRewrittenLink(const Image &plain, const Image &after) {
  Expected<LinkComparison> comparison = begin(plain, after);
  if (!comparison)
    return comparison.takeError();
  if (Error e = comparison->run())
    return e;
  const Machine &machine = *findMachine(plain.machine, plain.is64);
  Image before = after;
  restore(before, comparison->redirected(), machine);
  return verifySlotsAlone(before, after);
}

} // namespace objprelink
