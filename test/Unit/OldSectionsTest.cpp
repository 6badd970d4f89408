// The old section headers of a rewritten image, and what is wrong with them.

#include "ImageRewriter/RewriteImage.h"
#include "ImageVerdict.h"
#include "Support/Diagnostics.h"
#include "WithVTable.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

namespace {
/// The lazy form of an image, to be changed.
template <class ELFT> struct Rewritten {
  using Shdr = typename ELFT::Shdr;
  using Ehdr = typename ELFT::Ehdr;

  /// With \p bindNow of one that has it, which is taken.
  explicit Rewritten(bool bindNow = false)
      : before(WithVTable<ELFT>({.bindNow = bindNow}).withoutPltOfF().write()) {
    Config config;
    config.mode = Mode::Lazy;
    config.overrideBindNow = bindNow;
    Diagnostics diagnostics;
    RewrittenImage image = cantFail(rewriteImage(before, config, diagnostics));
    after = image.contents->flatten();
  }
  Ehdr &header() { return *reinterpret_cast<Ehdr *>(after.data()); }
  MutableArrayRef<Shdr> sections() {
    return {reinterpret_cast<Shdr *>(after.data() + header().e_shoff),
            header().e_shnum};
  }
  StringRef name(uint32_t offset) {
    return reinterpret_cast<const char *>(after.data()) +
           sections()[header().e_shstrndx].sh_offset + offset;
  }
  /// The last section of a name.
  Shdr &section(StringRef wanted) {
    Shdr *found = nullptr;
    for (Shdr &section : sections())
      if (name(section.sh_name) == wanted)
        found = &section;
    return *found;
  }
  uint8_t *list() {
    return after.data() + section(".gnu.prelink_undo").sh_offset;
  }
  Ehdr &listHeader() { return *reinterpret_cast<Ehdr *>(list()); }
  uint8_t *segments() { return list() + sizeof(Ehdr); }
  /// Header 1 is the first.
  Shdr &listed(uint32_t index) {
    return reinterpret_cast<Shdr *>(segments() +
                                    listHeader().e_phnum *
                                        sizeof(typename ELFT::Phdr))[index - 1];
  }
  Shdr &listed(StringRef wanted) {
    for (uint32_t index = 1;; ++index)
      if (name(listed(index).sh_name) == wanted)
        return listed(index);
  }
  Shdr &shadow() { return section(".rel.dyn"); }

  ByteVector before, after;
};
} // namespace

template <class ELFT> class OldSections : public testing::Test {};
TYPED_TEST_SUITE(OldSections, Classes);

TYPED_TEST(OldSections, RejectsAListThatIsNotRight) {
  const auto expect = [](StringRef message, auto change) {
    Rewritten<TypeParam> file;
    change(file);
    rehash(file.after);
    const std::string is = verify(file.before, file.after);
    EXPECT_TRUE(cantFail(GlobPattern::create(message)).match(is)) << is;
  };
  expect("", [](auto &) {});
  expect("section * (.gnu.prelink_undo): the ELF header is not that before",
         [](auto &f) { f.listHeader().e_entry = 1; });
  expect("*: the program headers are not those before",
         [](auto &f) { ++*f.segments(); });
  expect("*: * bytes of section headers, and e_shnum is *",
         [](auto &f) { f.listHeader().e_shnum = 3; });
  expect("*: header 1: name offset 0xffff is past the end of the names",
         [](auto &f) { f.listed(1).sh_name = 0xffff; });
  expect("*: section 8 (.text) is missing",
         [](auto &f) { f.listed(".text").sh_addr += 8; });
  expect("*: section 8 (.text) is missing",
         [](auto &f) { f.listed(".text").sh_size += 8; });
  expect("*: section 8 (.text) is missing",
         [](auto &f) { f.listed(".text").sh_flags |= SHF_WRITE; });
  expect("*: section 8 (.text) is missing", [](auto &f) {
    f.listed(".text").sh_name = f.listed(".data").sh_name;
  });
  expect("*: section 8 (.text) has no equal",
         [](auto &f) { f.listed(".text").sh_addralign = 64; });
  expect("*: section 8 (.text) has no equal",
         [](auto &f) { f.listed(".text").sh_type = SHT_NOBITS; });
  expect("*: .plt.bnd is neither an old section nor a new one",
         [](auto &f) { f.listed(".plt.bnd").sh_size -= 1; });
  expect("*: section * (.plt.bnd) is missing",
         [](auto &f) { f.listed(".plt.bnd").sh_addr -= 16; });
}

TYPED_TEST(OldSections, RejectsAShadowThatIsNotRight) {
  const auto expect = [](StringRef message, auto change) {
    // Old PLT words are in the main table, too.
    Rewritten<TypeParam> file(/*bindNow=*/true);
    change(file);
    rehash(file.after);
    const std::string is = verify(file.before, file.after);
    EXPECT_TRUE(cantFail(GlobPattern::create(message)).match(is)) << is;
  };
  expect("section * (.rel.dyn) has relocations that are not in use",
         [](auto &f) {
           ++f.after[f.shadow().sh_offset + (TypeParam::Is64Bits ? 8 : 4)];
         });
  // Of another size it is no shadow.
  expect("section *(.rel.dyn)*", [](auto &f) { f.shadow().sh_size -= 1; });
  expect("section *", [](auto &f) {
    // What comes first is taken for the table.
    auto &first = *find_if(f.sections(), [&](auto &section) {
      return f.name(section.sh_name) == f.name(f.shadow().sh_name);
    });
    std::swap(first, f.shadow());
  });
}
