//===- Addresses.cpp - the addresses that images ask for ------------------===//

#include "Report/Addresses.h"
#include "ELF/Relr.h"
#include "ELF/SectionTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace objprelink {

/// What \p image asks for, whole pages.
static std::optional<AddressRange> wantedBy(const Image &image) {
  const std::optional<uint64_t> begin = image.preferredAddress();
  if (!begin)
    return std::nullopt;
  const uint64_t end = alignTo(
      image.segments[image.loadable.back()].addressEnd(), Image::kPageSize);
  return AddressRange{*begin, end - *begin};
}

/// How many words have their addresses in the file: on a machine whose loader
/// passes over relative relocations these, else those of the image's own table.
static Value wordsDone(const Image &image) {
  if (!image.preferredAddress())
    return {};
  if (!image.hasAddends)
    return image.dynamicValue(ELF::DT_RELCOUNT).value_or(0);
  for (const Section &section : image.sections) {
    if (image.name(section) != ".relr.objprelink" || !section.hasBytes())
      continue;
    const Bytes table = image.contentsAt(section.address, section.size);
    Expected<std::vector<uint64_t>> places =
        decodeRelr(table, image.is64, image.bytes.size() / image.wordSize());
    if (places)
      return uint64_t(places->size());
    consumeError(places.takeError());
  }
  return {};
}

void addAddressFacts(const Image &image, Document &document) {
  const std::optional<uint64_t> address = image.preferredAddress();
  document.addFact("preferred_address", "address that it asks for",
                   address ? Value(*address) : Value(), Unit::Address);
  document.addFact("words_done", "words that hold addresses for it",
                   wordsDone(image), Unit::Count);
}

namespace {
/// An image that asks for an address.
struct Wish {
  std::string name;
  AddressRange range;
  Value words;
  /// One that wants a part of the same addresses; empty is none.
  std::string rival;
};
} // namespace

/// Finds for each of \p wishes a rival, if it has one, and says so once for a
/// pair.
static void findRivals(std::vector<Wish> &wishes, Document &document) {
  stable_sort(wishes, [](const Wish &a, const Wish &b) {
    return a.range.address < b.range.address;
  });
  Wish *last = nullptr;
  for (Wish &wish : wishes) {
    if (last && wish.range.address < last->range.end()) {
      wish.rival = last->name;
      if (last->rival.empty())
        last->rival = wish.name;
      document.remarks.push_back(
          formatv("{0} and {1} ask for one address: the one that is loaded "
                  "later is relocated as ever (--prerelocate-set gives each "
                  "file of a set its own)",
                  last->name, wish.name));
    }
    if (!last || last->range.end() < wish.range.end())
      last = &wish;
  }
}

void addAddresses(const Closure &closure, Document &document) {
  std::vector<Wish> wishes;
  for (const Library &library : closure.libraries)
    if (library.unreadable.empty())
      if (const std::optional<AddressRange> range = wantedBy(library.image))
        wishes.push_back({sys::path::filename(library.name).str(), *range,
                          wordsDone(library.image), ""});
  findRivals(wishes, document);
  document.addFact("libraries_with_address", "files that ask for an address",
                   uint64_t(wishes.size()), Unit::Count);
  Table table = {"addresses",
                 "Addresses that files ask for",
                 {{"library", "library"},
                  {"begin", "from", Unit::Address},
                  {"end", "to", Unit::Address},
                  {"words_done", "words that hold addresses", Unit::Count},
                  {"rival", "shares it with"}},
                 {},
                 {},
                 true};
  for (const Wish &wish : wishes)
    table.addRow({wish.name, wish.range.address, wish.range.end(), wish.words,
                  wish.rival.empty() ? Value() : Value(wish.rival)});
  if (!wishes.empty())
    document.tables.push_back(std::move(table));
}

} // namespace objprelink
