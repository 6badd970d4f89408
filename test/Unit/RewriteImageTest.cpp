#include "ImageRewriter/RewriteImage.h"
#include "ImageForms.h"
#include "ImageRewriter/VerifyImage.h"
#include "Support/Copies.h"
#include "Support/Diagnostics.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

namespace {
/// An image whose slots are those of a vtable that has a symbol.
template <class ELFT> struct WithVTable : Forms<ELFT> {
  using F = Forms<ELFT>;
  using Sym = typename ELFT::Sym;
  static constexpr uint64_t kSymbolsAt = 0x500, kStringsAt = 0x660;

  WithVTable(OldOptions options = {}) : F(options) {
    this->put(kStringsAt + 9, "_ZTV1X");
    Sym &table = symbol(F::typeInfo);
    table.setBindingAndType(STB_GLOBAL, STT_OBJECT);
    table.st_value = F::slot(-2);
    table.st_size = 10 * F::kWord;
    table.st_shndx = 9;
  }
  Sym &symbol(uint32_t index) {
    return reinterpret_cast<Sym *>(this->at(kSymbolsAt))[index];
  }
};
} // namespace

static std::string failure(Bytes file, const Config &config) {
  Diagnostics diagnostics;
  Expected<RewrittenImage> image = rewriteImage(file, config, diagnostics);
  if (!image)
    return toString(image.takeError());
  if (!image->contents)
    return "left alone: " + image->summary.reason;
  const ByteVector now = image->contents->flatten();
  return toString(verifyImage(*image->before, now, Copies()));
}

/// Changes an image, then its file, and expects that it is refused with \p
/// message, or not if that is empty.
template <class ELFT, class Change, class Patch>
static void refuses(const Config &config, Change change, Patch patch,
                    const std::string &message, int line) {
  WithVTable<ELFT> image;
  change(image);
  ByteVector file = image.write();
  patch(file);
  EXPECT_EQ(failure(file, config), message) << "line " << line;
}
#define REFUSES_FILE(change, patch, message)                                   \
  refuses<TypeParam>(                                                          \
      config, [&]([[maybe_unused]] auto &p) { change; },                       \
      [&]([[maybe_unused]] ByteVector &file) { patch; }, message, __LINE__)
#define REFUSES(change, message) REFUSES_FILE(change, , message)

template <class ELFT> class RewriteImage : public testing::Test {};
using Classes = testing::Types<object::ELF64LE, object::ELF32LE>;
TYPED_TEST_SUITE(RewriteImage, Classes);

TYPED_TEST(RewriteImage, TakesWhatHoldsTogether) {
  Config config;
  REFUSES(, "");
  config.mode = Mode::Lazy;
  REFUSES(, "");
  config.packRelativeRelocs = true;
  REFUSES(, "");
}

// Section headers, program headers and the dynamic table say the same.
TYPED_TEST(RewriteImage, RefusesContradictions) {
  using W = WithVTable<TypeParam>;
  using Shdr = typename TypeParam::Shdr;
  const Config config;
  const W old;
  const uint32_t relative = old.target().relative;
  const auto header = [](ByteVector &file, uint32_t index) -> Shdr & {
    const auto &head =
        *reinterpret_cast<const typename TypeParam::Ehdr *>(file.data());
    return reinterpret_cast<Shdr *>(file.data() + head.e_shoff)[index];
  };

  REFUSES(p.other(PT_TLS).address = 0x3000,
          "program header 8, 0x8 bytes at address 0x3000, overlaps PT_DYNAMIC, "
          "0x300 bytes at 0x3000");
  REFUSES(p.other(PT_PHDR).address += 8,
          formatv("PT_PHDR: the program headers are not at address {0:x}",
                  W::kHeader + 8));
  REFUSES(p.dyn(W::kIs64 ? DT_RELCOUNT : DT_RELACOUNT) = 1,
          formatv("{0} is not that of the relocations",
                  W::kIs64 ? "DT_RELCOUNT" : "DT_RELACOUNT"));
  REFUSES(p.plt.push_back(p.plt[0]),
          formatv("DT_JMPREL: two relocations of the word at {0:x}",
                  old.wordOfF()));
  // One that begins before the table ends in it.
  const uint64_t symbolsSize = W::kSymbols * sizeof(typename W::Sym);
  for (uint64_t place :
       {W::kSymbolsAt - 3, W::kSymbolsAt, W::kSymbolsAt + symbolsSize - 1})
    REFUSES(p.main.push_back({place, relative, 0, 0}),
            formatv("the relocation of {0:x} is in DT_SYMTAB, {1:x} bytes at "
                    "0x500",
                    place, symbolsSize));
  REFUSES(p.main.push_back({W::slot(0) + 2, relative, 0, 0}),
          "the relocations of 0x3400 and 0x3402 overlap");

  REFUSES(p.section(".text").slide = 8,
          "section 8 (.text): 0x100 bytes at offset 0x1008 are not at address "
          "0x1000");
  const auto note = W().other(PT_NOTE);
  REFUSES((p.other(PT_NOTE).size -= 4,
           p.sections.push_back(
               {".note", SHT_NOTE, SHF_ALLOC, note.address, note.size})),
          formatv("section 14 (.note): {0:x} bytes at address {1:x} run past "
                  "the end of PT_NOTE at {2:x}",
                  note.size, note.address, note.address + note.size - 4));
  REFUSES(p.section(".dynstr").type = SHT_PROGBITS,
          "section 4 (.dynstr): 0x27 bytes of type 0x1, where DT_STRTAB has "
          "0x27 bytes");
  REFUSES(p.section(".rel.plt").name = ".rel.dyn",
          "section 6 (.rel.dyn) has the name of another section");
  REFUSES_FILE(, header(file, 11).sh_offset = 0x2000,
               "section 11 (.comment), 0x9 bytes at offset 0x2000, overlaps "
               "program header 2 (PT_LOAD), 0x1100 bytes at 0x2000");
  REFUSES_FILE(
      {
        typename W::Header &symbols = p.section(".symtab");
        symbols.type = SHT_SYMTAB;
        symbols.flags = SHF_INFO_LINK;
        symbols.link = 13;
        symbols.contents = std::string(sizeof(typename W::Sym), 0);
      },
      header(file, 12).sh_entsize = sizeof(typename W::Sym),
      "section 12 (.symtab): SHF_INFO_LINK, but sh_info of a symbol table is "
      "no section");
}

// Nothing of an image moves that something may refer to.
TYPED_TEST(RewriteImage, RefusesWhatHasNoRoom) {
  using W = WithVTable<TypeParam>;
  Config config;
  REFUSES((p.symbol(W::defined).st_value = p.other(PT_INTERP).address,
           p.other(PT_NOTE).alignment = 8),
          formatv("no room for more program headers: symbol 'h' is at {0:x}, "
                  "in what would have to move",
                  W().other(PT_INTERP).address));
  REFUSES_FILE(
      (p.others.erase(p.others.begin()), p.other(PT_NOTE).alignment = 8),
      {
        auto &head = *reinterpret_cast<typename TypeParam::Ehdr *>(file.data());
        std::copy_n(&file[W::kHeader], head.e_phnum * W::kProgramHeader,
                    &file[0x1200]);
        head.e_phoff = 0x1200;
      },
      "the program headers are not in a loadable segment");
  REFUSES(p.loads[2].memorySize = 0x80000000,
          "its memory is from 0x0 to 0x80003000, more than new code can reach");
  REFUSES(p.section(".comment").name = ".note.objprelink",
          "section 11 (.note.objprelink) has the name of a new section");
  REFUSES(p.sections.resize(SHN_LORESERVE - 2, p.sections[0]),
          "more sections than e_shnum can count");

  config.packRelativeRelocs = true;
  REFUSES(
      {
        p.put32(0x634, 0x7fff << 16);
        for (uint32_t symbol : {1, 2, 5})
          p.put(0x600 + 2 * symbol, Bytes({0xff, 0x7f}));
      },
      "no version index is free for GLIBC_ABI_DT_RELR");
  REFUSES(p.main[1].offset = p.main[0].offset,
          "relative relocations cannot be packed: place 0x3540 does not follow "
          "0x3540");
  config.packRelativeRelocs = false;
  config.mode = Mode::Lazy;
  REFUSES(p.dyn(DT_PLTGOT) = 0xb00,
          "the PLT is lazy, but DT_PLTGOT does not lead to words that ld.so "
          "may write to");
}

// Segments may all be the same bytes: reading them again and again takes time.
TYPED_TEST(RewriteImage, RefusesMoreNotesThanBytes) {
  using W = WithVTable<TypeParam>;
  const Config config;
  // Zeros are empty notes.
  const auto repeat = [](W &p, uint32_t type) {
    p.loads[1].bytes.resize(p.loads[1].memorySize = 0x2000);
    for (uint32_t old : {PT_GNU_PROPERTY, PT_TLS, PT_GNU_EH_FRAME})
      p.other(old) = {type, PF_R, 0x1100, 12 * 658, W::kWord};
  };
  REFUSES(repeat(p, PT_NOTE), "the notes are larger than the file");
  REFUSES(repeat(p, PT_GNU_PROPERTY), "the notes are larger than the file");
}
