//===- VTableSample.h - an image of hand-written vtables --------*- C++ -*-===//
//
// Tests write data as words: a number, "code" (the address of a function that
// has no symbol), "&label" (the address of other data), or the name of a symbol
// of another image: "f", "f+" with an addend, "f:0" of a type other than its
// name suggests. The image is the model that readImage makes, without a file
// behind it.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_UNIT_VTABLESAMPLE_H
#define OBJPRELINK_UNIT_VTABLESAMPLE_H

#include "VTable/ImageVTables.h"
#include "VTable/Names.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Endian.h"

namespace objprelink {

struct VTableSample {
  enum Form { Rela64, Relr64, Rel32 };
  static constexpr uint64_t kCode = 0x1000, kData = 0x3000, kSize = 0x1000;

  explicit VTableSample(Form form = Rela64)
      : form(form), word(form == Rel32 ? 4 : 8), bytes(2 * kSize) {
    using namespace llvm::ELF;
    image.is64 = form != Rel32;
    image.hasAddends = form != Rel32;
    image.segments = {
        {PT_LOAD, PF_R | PF_X, 0, kCode, kCode, kSize, kSize, 0x1000},
        {PT_LOAD, PF_R | PF_W, kSize, kData, kData, kSize, kSize, 0x1000}};
    image.loadable = {0, 1};
    image.symbols.resize(1);
  }

  RelocationKinds kinds() const {
    return {word, form == Rel32 ? 1u : 3u, /*relative=*/8};
  }

  uint32_t addSymbol(llvm::StringRef name, uint8_t type, uint32_t section,
                     uint64_t value, uint64_t size) {
    DynamicSymbol symbol;
    symbol.nameOffset = strings.size();
    strings += name.str() + '\0';
    symbol.type = type;
    symbol.section = section;
    symbol.value = value;
    symbol.size = size;
    image.symbols.push_back(symbol);
    return image.symbols.size() - 1;
  }
  /// Names data.
  uint32_t object(llvm::StringRef name, uint64_t address, uint64_t size) {
    return addSymbol(name, llvm::ELF::STT_OBJECT, 1, address, size);
  }

  /// Writes \p words behind the last ones; \p label is theirs.
  uint64_t data(llvm::StringRef words, llvm::StringRef label = "") {
    const uint64_t begin = kData + used;
    labels[label] = begin;
    for (llvm::StringRef text : llvm::split(words, ' '))
      put(text);
    return begin;
  }
  uint64_t named(llvm::StringRef name, llvm::StringRef words) {
    const uint64_t begin = data(words);
    object(name, begin, kData + used - begin);
    return begin;
  }
  void text(llvm::StringRef label, llvm::StringRef text) {
    labels[label] = kData + used;
    llvm::copy(text, bytes.begin() + kSize + used);
    used += llvm::alignTo(text.size() + 1, word);
  }
  /// A type_info with the class \p vtable is for.
  void type(llvm::StringRef vtable, llvm::StringRef name,
            llvm::StringRef label) {
    data((vtable + "+ &" + name).str(), label);
  }
  void type(llvm::StringRef name) {
    text("name of " + name.str(), name);
    labels["name"] = labels["name of " + name.str()];
    type("_ZTVN10__cxxabiv120__si_class_type_infoE", "name", name);
  }
  void section(uint32_t type, uint64_t flags, uint64_t address, uint64_t size) {
    image.sections.push_back({0, type, flags, address, 0, size, 0, 0, 1, 0});
  }

  ImageVTables find(bool byShape = true) {
    image.bytes = bytes;
    image.strings = llvm::arrayRefFromStringRef(strings);
    return llvm::cantFail(findImageVTables(image, kinds(), byShape));
  }
  /// The names of the symbols in \p found, which are in order.
  std::string slots(const ImageVTables &found) const {
    std::vector<std::string> names;
    for (const ImageSlot &slot : found.slots)
      names.push_back(
          image.name(image.symbols[image.relocations[slot.relocation].symbol])
              .str());
    return llvm::join(names, " ");
  }

  const Form form;
  const unsigned word;
  Image image;
  ByteVector bytes;
  std::string strings = std::string(1, '\0');

private:
  void put(llvm::StringRef text) {
    const uint64_t place = kData + used;
    int64_t number = 0;
    if (text == "code")
      relative(place, kCode + 0x20);
    else if (text.consume_front("&"))
      relative(place, labels[text]);
    else if (!text.getAsInteger(0, number))
      write(place, number);
    else
      symbolic(place, text);
    used += word;
  }
  void write(uint64_t place, uint64_t value) {
    const llvm::support::ulittle64_t all(value);
    memcpy(bytes.data() + kSize + (place - kData), &all, word);
  }
  void relative(uint64_t place, uint64_t target) {
    if (form == Relr64)
      image.relrPlaces.push_back(place);
    else
      image.relocations.push_back(
          {place, kinds().relative, 0, int64_t(target)});
    if (form != Rela64)
      write(place, target);
  }
  void symbolic(uint64_t place, llvm::StringRef name) {
    using namespace llvm::ELF;
    const int64_t addend = name.consume_back("+") ? 2 * word : 0;
    const bool hasType = !name.consume_back(":0");
    uint32_t &symbol = symbols[name];
    if (!symbol) {
      const bool isData = isSpecialDataName(name) || name == "object";
      symbol = addSymbol(name,
                         !hasType ? STT_NOTYPE
                         : isData ? STT_OBJECT
                                  : STT_FUNC,
                         SHN_UNDEF, 0, 0);
    }
    image.relocations.push_back({place, kinds().absoluteWord, symbol, addend});
  }

  uint64_t used = 0x40;
  llvm::StringMap<uint64_t> labels;
  llvm::StringMap<uint32_t> symbols;
};

} // namespace objprelink

#endif
