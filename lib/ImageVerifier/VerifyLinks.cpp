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
// What a field is cannot be known without the linker's inputs. A field that
// differs is taken for a distance from itself, or from its section, or for an
// address, whichever leads to the same place; bytes that are equal are not
// looked at. So a linker that lays one image out wrongly may go unseen where
// that happens to look right, as in any image that it makes.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/VerifyLinks.h"
#include "ImageVerifier/Comparison.h"
#include "ImageVerifier/LinkAddresses.h"
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
      : plain(plain), now(now), machine(machine),
        addresses(plain, now, machine, decoder) {}
  Error run();
  ArrayRef<LinkedSlot> redirected() const { return slots; }

private:
  Error compareSymbols();
  Error compareVersions();
  Error compareDynamic();
  Error compareSegments();
  Error compareRelocations();
  Error compareGot();
  Error compareStaticSymbols(const Section &was, const Section &is);
  Error compareContents(uint32_t index);
  bool sameField(const Section &was, const Section &is, size_t at,
                 size_t size) const;

  const Image &plain;
  const Image &now;
  const Machine &machine;
  LinkAddresses addresses;
  std::vector<LinkedSlot> slots;
};
} // namespace

Error LinkComparison::compareSymbols() {
  if (plain.symbols.size() != now.symbols.size())
    return error("{0} dynamic symbols were {1}", now.symbols.size(),
                 plain.symbols.size());
  for (auto [index, was, is] : enumerate(plain.symbols, now.symbols)) {
    const bool isThere = !was.isInSection() || was.type == STT_TLS
                             ? was.value == is.value
                             : addresses.isSame(was.value, is.value);
    if (plain.name(was) != now.name(is) || was.type != is.type ||
        was.binding != is.binding || was.visibility != is.visibility ||
        was.size != is.size || was.version != is.version ||
        was.isUndefined() != is.isUndefined() ||
        was.isInSection() != is.isInSection() || !isThere)
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

/// The entries that come with a PLT.
static bool isOfPlt(int64_t tag) {
  return is_contained({DT_JMPREL, DT_PLTRELSZ, DT_PLTREL, DT_PLTGOT}, tag);
}

Error LinkComparison::compareDynamic() {
  const auto without = [](const Image &image) {
    std::vector<DynamicEntry> out;
    copy_if(image.dynamic, std::back_inserter(out),
            [](const DynamicEntry &entry) { return !isOfPlt(entry.tag); });
    return out;
  };
  const std::vector<DynamicEntry> olds = without(plain), nows = without(now);
  if (olds.size() != nows.size())
    return error("{0} dynamic entries were {1}", nows.size(), olds.size());
  for (auto [was, is] : zip_equal(olds, nows)) {
    // The reader has followed those of tables, whose sizes depend on places.
    const bool isTable =
        is_contained({DT_RELA, DT_RELASZ, DT_REL, DT_RELSZ, DT_RELACOUNT,
                      DT_RELCOUNT, DT_RELR, DT_RELRSZ},
                     was.tag);
    if (was.tag != is.tag || (!isTable && was.value != is.value &&
                              !addresses.isSame(was.value, is.value)))
      return error("{0} is {1:x} and was {2:x} ({3})", dynamicTagName(is.tag),
                   is.value, was.value, dynamicTagName(was.tag));
  }
  return plain.string(0) == now.string(0) && plain.strings == now.strings
             ? Error::success()
             : error("the dynamic strings are not those before");
}

/// Writable words bound at the first call may need a segment of their own, as
/// with any PLT, and the note one of its own.
Error LinkComparison::compareSegments() {
  const auto kinds = [](const Image &image) {
    std::vector<std::tuple<uint32_t, uint32_t, uint64_t>> out;
    for (const Segment &segment : image.segments)
      out.emplace_back(segment.type, segment.flags, segment.alignment);
    sort(out);
    return out;
  };
  const auto olds = kinds(plain), nows = kinds(now);
  std::vector<std::tuple<uint32_t, uint32_t, uint64_t>> missing, added;
  std::set_difference(olds.begin(), olds.end(), nows.begin(), nows.end(),
                      std::back_inserter(missing));
  std::set_difference(nows.begin(), nows.end(), olds.begin(), olds.end(),
                      std::back_inserter(added));
  const auto isExpected = [](const auto &kind) {
    const auto &[type, flags, alignment] = kind;
    return (type == PT_NOTE && flags == PF_R) ||
           (type == PT_LOAD && flags == (PF_R | PF_W)) ||
           // Code that the plain image has none of, and RELRO for its words.
           (type == PT_LOAD && flags == (PF_R | PF_X)) || type == PT_GNU_RELRO;
  };
  if (!missing.empty() || !all_of(added, isExpected))
    return error("the program headers are not those before");
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
template <class MapPlace, class MapValue>
static std::vector<PlacedValue> collect(const Image &image,
                                        const Machine &machine,
                                        MapPlace mapPlace, MapValue mapValue) {
  std::vector<PlacedValue> out;
  const auto add = [&](uint64_t place, uint32_t type, uint32_t symbol,
                       int64_t value) {
    const std::optional<uint64_t> at = mapPlace(place);
    if (!at || !type)
      return;
    const bool isAddress = !symbol && (type == machine.relative ||
                                       type == machine.indirectRelative);
    out.push_back({*at, type, symbol, isAddress ? mapValue(value) : value});
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
    std::sort(next, end, [](const PlacedValue &a, const PlacedValue &b) {
      return a.key() < b.key();
    });
    next = end;
  }
  return out;
}

Error LinkComparison::compareRelocations() {
  // An address that leads nowhere in particular is compared as it is.
  const auto same = [](uint64_t value) { return int64_t(value); };
  const std::vector<PlacedValue> olds = collect(
      plain, machine,
      [&](uint64_t place) { return addresses.inSection(place); },
      [&](uint64_t value) {
        return int64_t(addresses.mapped(value).value_or(value));
      });
  const std::vector<PlacedValue> nows = collect(
      now, machine,
      [&](uint64_t place) -> std::optional<uint64_t> {
        return addresses.isEntryNow(place) ? std::nullopt
                                           : std::optional(place);
      },
      same);
  if (olds.size() != nows.size())
    return error("{0} relocations were {1}", nows.size(), olds.size());
  for (auto [was, is] : zip_equal(olds, nows)) {
    if (was.key() == is.key())
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
  // From the section, as in .eh_frame_hdr, or from a place in it, as in tables
  // of jumps.
  return !(was.flags & SHF_EXECINSTR) &&
         (addresses.isSame(was.address + a, is.address + b) ||
          addresses.isSlide((is.address + b) - (was.address + a)));
}

Error LinkComparison::compareContents(uint32_t index) {
  const Section &was = plain.sections[index];
  const Section &is = now.sections[addresses.indexNow(index)];
  const auto refuse = [&](uint64_t at) {
    return error("{0}: the byte at {1:x} is {2:x-2} and was {3:x-2}",
                 plain.describe(index), at, now.bytes[is.offset + at],
                 plain.bytes[was.offset + at]);
  };
  const Bytes a = plain.bytes.slice(was.offset, was.size);
  const Bytes b = now.bytes.slice(is.offset, is.size);
  size_t at = 0;
  while (true) {
    at += std::mismatch(a.begin() + at, a.end(), b.begin() + at).first -
          (a.begin() + at);
    if (at == a.size())
      return Error::success();
    // The field may begin before the first byte that differs.
    size_t end = 0;
    for (size_t size : {4, 8})
      for (size_t back = 0; back < size && back <= at && !end; ++back)
        if (size <= a.size() - (at - back) &&
            sameField(was, is, at - back, size))
          end = at - back + size;
    if (end <= at)
      return refuse(at);
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
    const bool isInHeaders = isInSection && LinkAddresses::isHeader(a.st_value);
    const bool sameSection =
        isInHeaders ||
        b.st_shndx == (isInSection ? addresses.indexNow(a.st_shndx)
                                   : uint32_t(a.st_shndx));
    const bool sameValue = isInSection && a.getType() != STT_TLS
                               ? addresses.isSame(a.st_value, b.st_value)
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
  if (Error e = compareSegments())
    return e;
  if (Error e = compareSymbols())
    return e;
  if (Error e = compareVersions())
    return e;
  if (Error e = compareDynamic())
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
  return Error::success();
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
