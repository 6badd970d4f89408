#include "ELF/StaticSymbols.h"
#include "ELF/ImageReader.h"
#include "TinyImage.h"
#include "VTable/ImageVTables.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

/// A TinyImage with a .symtab of three symbols, the last one a vtable of two
/// words, and a word of that relocated by a symbol.
template <class ELFT> struct WithSymbols : TinyImage<ELFT> {
  using Tiny = TinyImage<ELFT>;
  using Sym = typename Tiny::Sym;
  using Shdr = typename Tiny::Shdr;
  static constexpr uint64_t kWord = sizeof(typename ELFT::uint);

  WithSymbols() {
    const std::string names("\0local\0_ZTV1A\0", 14);
    std::vector<Sym> symbols(3);
    memset(symbols.data(), 0, symbols.size() * sizeof(Sym));
    symbols[1].st_name = 1;
    symbols[1].st_shndx = 1;
    symbols[2].st_name = 7;
    symbols[2].st_shndx = 3;
    symbols[2].st_value = Tiny::kPlace;
    symbols[2].st_size = 2 * kWord;
    symbols[2].setBindingAndType(STB_LOCAL, STT_OBJECT);
    std::vector<Shdr> headers(this->sections(), this->sections() + 3);
    headers.resize(6);
    memset(&headers[3], 0, 3 * sizeof(Shdr));
    headers[3].sh_type = SHT_PROGBITS; // .data.rel.ro
    headers[3].sh_flags = SHF_ALLOC | SHF_WRITE;
    headers[3].sh_addr = Tiny::kPlace;
    headers[3].sh_offset = Tiny::kPlace - Tiny::kDataAddress + Tiny::kData;
    headers[3].sh_size = 2 * kWord;
    headers[4].sh_type = SHT_SYMTAB;
    headers[4].sh_entsize = sizeof(Sym);
    headers[4].sh_link = 5;
    headers[5].sh_type = SHT_STRTAB;
    appendedAt = this->bytes.size();
    headers[5].sh_offset = append(names);
    headers[5].sh_size = names.size();
    headers[4].sh_offset = append(symbols);
    headers[4].sh_size = symbols.size() * sizeof(Sym);
    this->sectionsAt = append(headers);
    this->header().e_shoff = this->sectionsAt;
    this->header().e_shnum = headers.size();
    symbolsAt = headers[4].sh_offset;
  }
  Sym &symbol(int index) {
    return reinterpret_cast<Sym *>(this->bytes.data() + symbolsAt)[index];
  }

  uint64_t appendedAt = 0, symbolsAt = 0;

private:
  template <class T> uint64_t append(const T &table) {
    this->bytes.resize(alignTo(this->bytes.size(), 8));
    const uint64_t at = this->bytes.size();
    const auto *data = reinterpret_cast<const uint8_t *>(table.data());
    this->bytes.append(data, data + table.size() * sizeof(*table.data()));
    return at;
  }
};

template <class ELFT> class StaticSymbolTable : public testing::Test {};
using Classes = testing::Types<object::ELF64LE, object::ELF32LE>;
TYPED_TEST_SUITE(StaticSymbolTable, Classes);

static RelocationKinds kindsOf(const Image &image) {
  return {image.is64 ? 8u : 4u, /*absoluteWord=*/1, /*relative=*/8};
}

TYPED_TEST(StaticSymbolTable, IsRead) {
  WithSymbols<TypeParam> tiny;
  const Image image = cantFail(readImage(tiny.bytes));
  const StaticSymbols read = cantFail(readStaticSymbols(image));
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(read.name(read[1]), "local");
  EXPECT_EQ(read.name(read[2]), "_ZTV1A");
  EXPECT_EQ(read[2].value, tiny.kPlace);
  EXPECT_EQ(read[2].type, STT_OBJECT);
  EXPECT_EQ(cantFail(findImageVTables(image, kindsOf(image))).slots.size(), 1u);

  tiny.header().e_shnum = 3; // no .symtab
  const Image stripped = cantFail(readImage(tiny.bytes));
  EXPECT_EQ(cantFail(readStaticSymbols(stripped)).size(), 0u);
  EXPECT_TRUE(
      cantFail(findImageVTables(stripped, kindsOf(stripped))).slots.empty());
}

// Where a tool moved the section, the symbols are those of the old place.
TYPED_TEST(StaticSymbolTable, MustAgreeWithSections) {
  using Tiny = WithSymbols<TypeParam>;
  const auto slots = [](auto change) {
    Tiny tiny;
    change(tiny);
    const Image image = cantFail(readImage(tiny.bytes));
    return cantFail(findImageVTables(image, kindsOf(image))).slots.size();
  };
  EXPECT_EQ(slots([](Tiny &t) {}), 1u);
  EXPECT_EQ(slots([](Tiny &t) { t.symbol(2).st_shndx = 1; }), 0u);
  EXPECT_EQ(slots([](Tiny &t) { t.symbol(2).st_shndx = SHN_ABS; }), 0u);
  EXPECT_EQ(slots([](Tiny &t) { t.sections()[3].sh_addr = Tiny::kPlace + 8; }),
            0u);
  EXPECT_EQ(slots([](Tiny &t) { t.sections()[3].sh_size = Tiny::kWord; }), 0u);
  EXPECT_EQ(slots([](Tiny &t) { t.sections()[3].sh_type = SHT_INIT_ARRAY; }),
            0u);
  EXPECT_EQ(
      slots([](Tiny &t) { t.sections()[3].sh_flags = SHF_ALLOC | SHF_TLS; }),
      0u);
}

TYPED_TEST(StaticSymbolTable, IsRefusedByName) {
  using Tiny = WithSymbols<TypeParam>;
  const auto refuses = [](auto change, StringRef message) {
    Tiny tiny;
    change(tiny);
    const Image image = cantFail(readImage(tiny.bytes));
    Expected<StaticSymbols> read = readStaticSymbols(image);
    const std::string failure = read ? "" : toString(read.takeError());
    EXPECT_NE(StringRef(failure).find(message), StringRef::npos)
        << failure << "\n  where this was due: " << message.str();
  };
  refuses([](Tiny &t) { t.sections()[4].sh_entsize = 8; }, "in entries of 8");
  refuses([](Tiny &t) { t.sections()[4].sh_size = 7; }, "0x7 bytes in entries");
  refuses([](Tiny &t) { t.sections()[4].sh_link = 6; }, "index 6 is past the");
  refuses([](Tiny &t) { t.sections()[4].sh_link = 1; }, "where a string table");
  refuses([](Tiny &t) { t.sections()[5].sh_size = 13; }, "in a zero byte");
  refuses([](Tiny &t) { t.sections()[5].sh_type = SHT_SYMTAB; },
          "a second symbol table");
  refuses([](Tiny &t) { t.symbol(1).st_name = 14; },
          "symbol 1: name offset 0xe is past");
  refuses([](Tiny &t) { t.symbol(2).st_shndx = 6; },
          "symbol 2: section index 6 is past the end (6 sections)");
}

/// Reads a copy that ends where its memory does, for the address sanitizer.
static bool survives(Bytes bytes) {
  const std::unique_ptr<uint8_t[]> copy(new uint8_t[bytes.size()]);
  llvm::copy(bytes, copy.get());
  Expected<Image> image = readImage(Bytes(copy.get(), bytes.size()));
  if (!image)
    return !toString(image.takeError()).empty();
  Expected<ImageVTables> found = findImageVTables(*image, kindsOf(*image));
  if (!found)
    return !toString(found.takeError()).empty();
  uint64_t sum = 1;
  for (const ImageSlot &slot : found->slots)
    sum += image->relocations[slot.relocation].offset +
           found->tables[slot.vtable].name.size();
  return sum;
}

TYPED_TEST(StaticSymbolTable, SurvivesAnyValue) {
  WithSymbols<TypeParam> tiny;
  ByteVector &bytes = tiny.bytes;
  using Word = typename TypeParam::uint;
  for (size_t at = tiny.appendedAt; at < bytes.size(); ++at) {
    const uint8_t old = bytes[at];
    for (int value : {0x00, 0x7f, 0x80, 0xff, old + 1, old - 1}) {
      bytes[at] = value;
      EXPECT_TRUE(survives(bytes)) << at << " " << value;
    }
    bytes[at] = old;
  }
  for (size_t at = 0; at + sizeof(Word) <= bytes.size(); at += 4) {
    Word old;
    memcpy(&old, &bytes[at], sizeof(old));
    for (Word value :
         {~Word(0), ~Word(0) - 7, Word(~Word(0) >> 1), Word(Word(1) << 31),
          Word(old + bytes.size()), Word(old - 8), Word(old * 2)}) {
      memcpy(&bytes[at], &value, sizeof(value));
      EXPECT_TRUE(survives(bytes)) << at << " " << value;
    }
    memcpy(&bytes[at], &old, sizeof(old));
  }
}

TYPED_TEST(StaticSymbolTable, SurvivesAnyEnd) {
  WithSymbols<TypeParam> tiny;
  for (size_t size = 0; size < tiny.bytes.size(); ++size)
    EXPECT_TRUE(survives(Bytes(tiny.bytes).take_front(size))) << size;
  // A table that ends early in a file that does not.
  for (uint64_t size = 0; size < 4 * sizeof(typename TypeParam::Sym); ++size) {
    tiny.sections()[4].sh_size = size;
    EXPECT_TRUE(survives(tiny.bytes)) << size;
  }
}
