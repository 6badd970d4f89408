// hazard L53
#include "ImageVerifier/VerifyLinks.h"
#include "LinkPicture.h"
#include "llvm/Support/GlobPattern.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

static std::string compare(const LinkPicture &plain, Bytes roomy) {
  const ByteVector file = plain.write();
  Expected<Image> was = readLinkedImage(file), is = readLinkedImage(roomy);
  if (!was || !is)
    return "not read: " + toString(joinErrors(was.takeError(), is.takeError()));
  return toString(verifyLinks(*was, *is));
}

static void expect(StringRef is, StringRef message, const Twine &what) {
  EXPECT_TRUE(cantFail(GlobPattern::create(message)).match(is))
      << what.str() << ": " << is.str()
      << "\n  where this was due: " << message.str();
}

/// Changes two links and expects \p message.
template <class Change>
static void links(Change change, StringRef message, int line) {
  LinkPicture plain(false), roomy(true);
  change(plain, roomy);
  expect(compare(plain, roomy.write()), message, "line " + Twine(line));
}
#define LINKS(message, ...)                                                    \
  links([]([[maybe_unused]] LinkPicture &plain,                                \
           [[maybe_unused]] LinkPicture &roomy) { __VA_ARGS__; },              \
        message, __LINE__)
/// The same, with a change of bytes at an offset in a section.
#define BYTES(message, section, offset, ...)                                   \
  LINKS(message,                                                               \
        roomy.put(roomy.to(section, offset),                                   \
                  Bytes(std::initializer_list<uint8_t>(__VA_ARGS__))))

static uint8_t *byteOf(LinkPicture &picture, const LinkPicture::Field &field) {
  return picture.at(picture.to(field.section, field.offset));
}

// Each section is further by another distance, and an entry is new.
TEST(VerifyLinks, AcceptsRoom) {
  LINKS("", );
}

// A field of each kind is that of the plain link, as if what it leads to had
// stayed: in code, tables, words and symbols.
TEST(VerifyLinks, SeesWhatWasLeftBehind) {
  LinkPicture plain(false);
  unsigned tried = 0;
  for (const LinkPicture::Field &field : plain.fields) {
    LinkPicture roomy(true);
    const uint8_t *old = byteOf(plain, field);
    uint8_t *fresh = byteOf(roomy, field);
    // What refers to its own section, and the entry of h in the PLT.
    if (!std::memcmp(old, fresh, field.size))
      continue;
    std::memcpy(fresh, old, field.size);
    ++tried;
    EXPECT_NE(compare(plain, roomy.write()), "")
        << field.section << "+" << field.offset;
  }
  EXPECT_GE(tried, 34u);
}

TEST(VerifyLinks, SeesOtherBytes) {
  for (const char *section : {".text", ".rodata", ".data", ".tdata"}) {
    LinkPicture plain(false), roomy(true);
    *roomy.at(roomy.endOf(section) - 1) ^= 0x55;
    expect(compare(plain, roomy.write()), "*the byte at * and was *", section);
  }
  LINKS("*the byte at 0x0 is *", roomy.section(".comment").contents[0] = 'A');
  LINKS("*the byte at 0x1 is *", roomy.section(".strtab").contents[1] = 'A');
  // A distance that leads somewhere else than it did.
  BYTES("*(.text): the byte at * is *", ".text", 3, {0x77});
}

TEST(VerifyLinks, ComparesHeaders) {
  LINKS("the entry is 0x2000 and was 0x2000", roomy.entry = plain.entry);
  LINKS("the ELF header is not what it was", roomy.flags = 1);
  LINKS("the program headers are not *", roomy.loads[0].flags = PF_R | PF_X);
  LINKS("the program headers are not *", roomy.other(PT_GNU_STACK).flags = 7);
  LINKS("the program headers are not *",
        roomy.others.push_back({PT_INTERP, PF_R, roomy.to(".dynstr"), 1, 1}));
  for (uint32_t type : {PT_TLS, PT_GNU_EH_FRAME}) {
    LinkPicture plain(false), roomy(true);
    roomy.other(type).address = plain.other(type).address;
    expect(compare(plain, roomy.write()), "*is in other program headers *",
           Twine(type));
  }
  LINKS("*(.tdata) is in other program headers *",
        roomy.other(PT_GNU_RELRO).address += 16);
  LINKS("*(.got) is in other program headers *",
        roomy.other(PT_GNU_RELRO).size -= 16);
  LINKS("the program header of type 0x7 has 0x10 bytes at *",
        roomy.other(PT_TLS).memorySize = 16);
  LINKS("the program header of type 0x6474e550 has 0x20 bytes at *",
        roomy.other(PT_GNU_EH_FRAME).size = 32);
  LINKS("PT_PHDR has * bytes at 0x48, and the program headers * at offset "
        "0x40",
        roomy.other(PT_PHDR).address += 8);
  // .bss is not all there, and is bytes of the file.
  LINKS("*(.bss) is in other program headers *",
        roomy.loads[3].memorySize -= 16);
  LINKS("*(.bss) is in other program headers *",
        roomy.loads[3].bytes.resize(roomy.loads[3].memorySize));
  LINKS("*(.rodata) is in other program headers *",
        roomy.section(".rodata").slide = 16);
}

TEST(VerifyLinks, ComparesSections) {
  LINKS("*(.rela.plt) refers to other sections *",
        roomy.section(".rela.plt").info = plain.section(".rela.plt").info);
  LINKS("*(.dynsym) refers to other sections *",
        roomy.section(".dynsym").link = plain.section(".dynsym").link);
  LINKS("*(.symtab) refers to other sections *",
        roomy.section(".symtab").info = 3);
  for (const char *name : {".data", ".text", ".comment"}) {
    const auto changed = [&](auto change) {
      LinkPicture plain(false), roomy(true);
      change(roomy.section(name));
      expect(compare(plain, roomy.write()),
             "*(" + std::string(name) + ") is not what it was", name);
    };
    changed([](auto &section) { section.type = SHT_NOTE; });
    changed([](auto &section) { section.flags |= SHF_LINK_ORDER; });
    changed([](auto &section) { section.alignment = 64; });
    changed([](auto &section) { section.entrySize = 1; });
  }
  LINKS("*(.data) is not what it was", roomy.section(".data").size -= 8);
  LINKS("*(.other) is new, or *(.comment) is missing",
        roomy.section(".comment").name = ".other");
  LINKS("*(.other) is new",
        roomy.sections.push_back({".other", SHT_PROGBITS, 0, 0, 0}));
  LINKS("links cannot be compared without section headers*",
        roomy.sections.clear());
}

TEST(VerifyLinks, ComparesTheDynamicTable) {
  for (int64_t tag : {DT_INIT, DT_FINI}) {
    LinkPicture plain(false), roomy(true);
    roomy.dyn(tag) = plain.dyn(tag);
    expect(compare(plain, roomy.write()), "DT_* is * and was *", Twine(tag));
  }
  LINKS("DT_NEEDED is * and was *", roomy.dyn(DT_NEEDED) = 32);
  LINKS("19 dynamic entries were 18", roomy.dyn(DT_BIND_NOW) = 0);
  // Nobody knows whether it is an address.
  LINKS("* is 0x5 and was 0x5 *",
        plain.dyn(0x60001234) = roomy.dyn(0x60001234) = 5);
  LINKS("DT_PLTGOT is *, and .got.plt says *",
        roomy.dyn(DT_PLTGOT) = plain.dyn(DT_PLTGOT));
  LINKS("DT_RELACOUNT is 4, and fewer relocations are of that type",
        roomy.dyn(DT_RELACOUNT) = 4);
  LINKS("DT_RELASZ is *, and .rela.dyn says *",
        roomy.section(".rela.dyn").size -= 24);
  LINKS("DT_PLTRELSZ is *, and .rela.plt says *",
        roomy.section(".rela.plt").size -= 24);
  BYTES("the dynamic strings are not *", ".dynstr", 50, {1});
}

TEST(VerifyLinks, ComparesSymbols) {
  const uint64_t own = LinkPicture::own * sizeof(LinkPicture::Sym);
  const auto changed = [&](uint64_t offset, uint8_t value) {
    LinkPicture plain(false), roomy(true);
    *roomy.at(roomy.to(".dynsym", own + offset)) = value;
    expect(compare(plain, roomy.write()), "dynamic symbol 4 is *",
           Twine(offset));
  };
  changed(0, 11);                // its name
  changed(4, STB_WEAK << 4 | 2); // its binding
  changed(4, STB_GLOBAL << 4);   // its type
  changed(5, STV_PROTECTED);     // its visibility
  changed(6, 0);                 // undefined
  changed(16, 1);                // its size
  BYTES("dynamic symbol 7 is *", ".dynsym",
        LinkPicture::thread * sizeof(LinkPicture::Sym) + 8, {4});
  BYTES("dynamic symbol 1 is *", ".gnu.version", 2, {1});
  BYTES("the versions are not *", ".gnu.version_r", 24, {20});
  for (size_t at : {4 + 24, 5 + 24, 6 + 24, 16 + 24}) {
    LinkPicture plain(false), roomy(true);
    roomy.section(".symtab").contents[at] ^= 1;
    expect(compare(plain, roomy.write()), "symbol 1 is not what it was",
           Twine(at));
  }
  // In .text, in .data, and the words of the PLT.
  for (size_t symbol : {1, 2, 3}) {
    LinkPicture plain(false), roomy(true);
    std::string &table = roomy.section(".symtab").contents;
    const size_t value = symbol * sizeof(LinkPicture::Sym) + 8;
    table.replace(value, 8, plain.section(".symtab").contents, value, 8);
    expect(compare(plain, roomy.write()),
           "symbol " + std::to_string(symbol) + " is not what it was",
           Twine(symbol));
  }
}

TEST(VerifyLinks, ComparesRelocations) {
  // In a section, at the end of one, and before one.
  for (size_t index : {0, 1, 2}) {
    LinkPicture plain(false), roomy(true);
    roomy.main[index].addend = plain.main[index].addend;
    expect(compare(plain, roomy.write()), "address *: a relocation of type 8*",
           Twine(index));
  }
  constexpr StringLiteral other = "address *: a relocation of type *";
  LINKS(other, roomy.main[2].type = roomy.target().indirectRelative);
  LINKS(other, roomy.main[3].addend = 8);
  LINKS(other, roomy.main[3].symbol = LinkPicture::g);
  LINKS(other, roomy.main[3].offset += 8);
  LINKS("3 relocations were 4", roomy.main[3].type = 0);
  LINKS("5 relocations were 4", {
    roomy.main.push_back({roomy.to(".data.rel.ro", 32),
                          roomy.target().absoluteWord, LinkPicture::f, 0});
    roomy.section(".rela.dyn").size += sizeof(LinkPicture::Rel);
  });
  // A rewrite comes later.
  LINKS("the slot at * has changed", {
    roomy.main[3] = {roomy.main[3].offset, roomy.target().relative, 0,
                     int64_t(roomy.entryOf(LinkPicture::f))};
  });
}

TEST(VerifyLinks, ComparesWords) {
  constexpr StringLiteral missing =
      "the word at * of the plain link is missing";
  LINKS(missing, roomy.main[4].symbol = LinkPicture::h);
  LINKS(missing, roomy.main[5].addend = plain.main[5].addend);
  LINKS(missing, roomy.plt[0].symbol = LinkPicture::g);
  LINKS(missing, roomy.plt.back().addend = plain.plt.back().addend);
  // A number that nothing relocates.
  BYTES("the word at * holds 0x901, and was 0x900", ".got", 16, {1});
  // The word of the new entry.
  LINKS("address *: a relocation of type 8 is new",
        roomy.plt[1].type = roomy.target().relative;
        roomy.plt[1].symbol = 0);
  // What each leads to until it is bound.
  BYTES("the word at * holds *, which is no entry of relocation 0 of the PLT",
        ".plt", 16 + 7, {1});
  BYTES("the word at * holds *, which is no entry of relocation 1 of the PLT",
        ".plt", 32 + 12, {0xd3});
  BYTES("the code at * does not lead to ld.so", ".plt", 2, {1});
  BYTES("the code at * does not lead to ld.so", ".plt", 8, {1});
  // The entry of h jumps through the word of f.
  LINKS("the entry at * of the plain link is missing", {
    const uint64_t field = roomy.entryOf(LinkPicture::h) + 2;
    roomy.put32(field, roomy.wordOf(LinkPicture::f) - (field + 4));
  });
}

// Tables of a form that is not known may have distances that are not seen.
TEST(VerifyLinks, KnowsFormsOfUnwindTables) {
  const auto unknown = [](const char *section, uint64_t offset, uint8_t value) {
    LinkPicture plain(false), roomy(true);
    *plain.at(plain.to(section, offset)) = value;
    *roomy.at(roomy.to(section, offset)) = value;
    expect(compare(plain, roomy.write()),
           "the unwind table at * is not of a known form",
           section + Twine(offset));
  };
  unknown(".eh_frame", 0, 0xff);   // a size
  unknown(".eh_frame", 8, 2);      // a version
  unknown(".eh_frame", 9, 'e');    // an augmentation
  unknown(".eh_frame", 12, 'X');   // a letter of it
  unknown(".eh_frame", 24, 0x2b);  // how begins of functions are stored
  unknown(".eh_frame", 32 + 4, 1); // no CIE
  unknown(".eh_frame_hdr", 0, 2);
  unknown(".eh_frame_hdr", 3, 0x1b);
  unknown(".eh_frame_hdr", 8, 3); // more entries than there is room for
  unknown(".gcc_except_table", 1, 0x92);
  unknown(".gcc_except_table", 2, 0x7f);
  unknown(".gcc_except_table", 3, 2);
  unknown(".gcc_except_table", 4, 0x7f);
  unknown(".gcc_except_table", 13, 0x3f); // a type before the table
  unknown(".gcc_except_table", 14, 0x7f); // actions that lead to themselves
}

// Where an instruction is not known it may be one that refers to what moved.
TEST(VerifyLinks, KnowsInstructions) {
  LINKS("the code at 0x2033 is not known, and what is at 0x2035 may refer *", {
    *plain.at(plain.to(".text", 0x33)) = 0x06;
    *roomy.at(roomy.to(".text", 0x33)) = 0x06;
  });
}
