//===- BlindVTables.cpp - how good is the search by shape -----------------===//
//
// For utils/trials/measure-blind-vtables. Looks for vtables in images whose
// symbols are hidden from the search, and compares with what the symbols say.
// Reads paths from standard input and prints a line of JSON for each image and
// way of hiding:
//
//   vtables    only the symbols of vtables are hidden
//   all        no data has a symbol, and there are no section headers
//   private    as in an image that exports nothing: what it defines has no
//              symbol, and words that refer to it are relative
//
// "named" counts the slots in vtables with a symbol, "missed" those that the
// search does not find, "other" what it finds in data with another name and
// "unnamed" what it finds where no symbol was.
//
//===----------------------------------------------------------------------===//

#include "ELF/ImageReader.h"
#include "ELF/StaticSymbols.h"
#include "Support/InputFile.h"
#include "Target/Target.h"
#include "VTable/ImageVTables.h"
#include "VTable/Names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <iostream>
#include <map>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

enum class Hide { VTables, All, Private };

/// The numbers that Target does not have; those of x86 are 8 in both psABIs.
static RelocationKinds kindsOf(const Target &target) {
  return {target.wordSize, target.absoluteWord, 8};
}

static bool isData(const Symbol &symbol) {
  return symbol.type == STT_OBJECT || symbol.type == STT_NOTYPE;
}

/// Makes it one that another image defines.
static void hideSymbol(Symbol &symbol) {
  symbol.section = SHN_UNDEF;
  symbol.value = symbol.size = 0;
}

static Image hidden(Image image, Hide how, const RelocationKinds &kinds) {
  if (how == Hide::VTables)
    for (Section &section : image.sections)
      if (section.type == SHT_SYMTAB)
        section.type = SHT_PROGBITS;
  if (how != Hide::VTables)
    image.sections.clear();
  if (how == Hide::Private)
    for (Relocation &relocation : image.relocations) {
      const DynamicSymbol &symbol = image.symbols[relocation.symbol];
      if (relocation.type == kinds.absoluteWord && symbol.isInSection()) {
        relocation.type = kinds.relative;
        relocation.symbol = 0;
        relocation.addend += symbol.value;
      }
    }
  for (DynamicSymbol &symbol : image.symbols)
    if (how == Hide::Private ||
        (how == Hide::All ? isData(symbol) : isVTableName(image.name(symbol))))
      hideSymbol(symbol);
  return image;
}

namespace {
struct Data {
  uint64_t begin, end;
  StringRef name;
};

/// The data symbols, to say where a word is.
class DataNames {
public:
  DataNames(const Image &image, const StaticSymbols &statics) {
    for (const DynamicSymbol &symbol : image.symbols)
      add(symbol, image.name(symbol));
    for (const Symbol symbol : statics.symbols())
      add(symbol, statics.name(symbol));
    llvm::sort(all,
               [](const Data &a, const Data &b) { return a.begin < b.begin; });
  }
  StringRef at(uint64_t address) const {
    const auto after = partition_point(
        all, [&](const Data &data) { return data.begin <= address; });
    return after != all.begin() && address < std::prev(after)->end
               ? std::prev(after)->name
               : "";
  }

private:
  void add(const Symbol &symbol, StringRef name) {
    if (isData(symbol) && symbol.isInSection() && symbol.size)
      all.push_back({symbol.value, symbol.value + symbol.size, name});
  }
  std::vector<Data> all;
};
} // namespace

static std::vector<uint32_t> slotsOf(const ImageVTables &found) {
  std::vector<uint32_t> slots;
  for (const ImageSlot &slot : found.slots)
    slots.push_back(slot.relocation);
  llvm::sort(slots);
  return slots;
}

static json::Object compare(const Image &image, const RelocationKinds &kinds,
                            Hide how) {
  const Image blind = hidden(image, how, kinds);
  const StaticSymbols statics = cantFail(readStaticSymbols(image));
  const DataNames names(image, statics);
  // The words of the truth that name functions, and not by way of a symbol that
  // was made private.
  std::map<uint32_t, StringRef> truth;
  const ImageVTables named = cantFail(findImageVTables(image, kinds, false));
  for (const ImageSlot &slot : named.slots) {
    const Relocation &relocation = blind.relocations[slot.relocation];
    const DynamicSymbol &symbol = image.symbols[relocation.symbol];
    if (relocation.type == kinds.absoluteWord && !relocation.addend &&
        symbol.type != STT_OBJECT && !isSpecialDataName(image.name(symbol)))
      truth[slot.relocation] = named.tables[slot.vtable].name;
  }
  const auto begin = std::chrono::steady_clock::now();
  Expected<ImageVTables> found = findImageVTables(blind, kinds);
  const std::chrono::duration<double, std::milli> time =
      std::chrono::steady_clock::now() - begin;
  if (!found)
    return json::Object{{"error", toString(found.takeError())}};

  const std::vector<uint32_t> slots = slotsOf(*found);
  json::Array missed, other;
  int64_t missedCount = 0, otherCount = 0, unnamedCount = 0;
  const auto tell = [&](json::Array &list, uint32_t slot, StringRef where) {
    const Relocation &relocation = image.relocations[slot];
    if (list.size() < 8)
      list.push_back(formatv("{0:x} in {1}: {2}", relocation.offset, where,
                             image.name(image.symbols[relocation.symbol]))
                         .str());
  };
  for (auto [slot, table] : truth)
    if (!llvm::binary_search(slots, slot)) {
      ++missedCount;
      tell(missed, slot, table);
    }
  for (uint32_t slot : slots) {
    if (truth.count(slot))
      continue;
    const StringRef name = names.at(image.relocations[slot].offset);
    if (name.empty()) {
      ++unnamedCount;
      continue;
    }
    ++otherCount;
    tell(other, slot, name);
  }
  return json::Object{{"named", int64_t(truth.size())},
                      {"missed", missedCount},
                      {"other", otherCount},
                      {"unnamed", unnamedCount},
                      {"missedWhere", std::move(missed)},
                      {"otherWhere", std::move(other)},
                      {"relocations", int64_t(image.relocations.size())},
                      {"ms", time.count()}};
}

static void measure(const std::string &path) {
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return consumeError(file.takeError());
  Expected<Image> image = readImage(file->bytes());
  if (!image)
    return consumeError(image.takeError());
  const Target *target = findTarget(image->machine, image->is64);
  if (!target)
    return;
  for (auto [how, name] :
       {std::pair(Hide::VTables, "vtables"), std::pair(Hide::All, "all"),
        std::pair(Hide::Private, "private")}) {
    json::Object line = compare(*image, kindsOf(*target), how);
    line["path"] = path;
    line["hidden"] = name;
    outs() << formatv("{0}\n", json::Value(std::move(line)));
  }
}

int main() {
  for (std::string path; std::getline(std::cin, path);)
    measure(path);
}
