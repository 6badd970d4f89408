#include "ELF/Relocations.h"
#include "ObjectRewriter/RewriteArchive.h"
#include "ObjectRewriter/RewriteObject.h"
#include "ObjectRewriter/Verify.h"
#include "Support/Diagnostics.h"
#include "YamlFile.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/raw_ostream.h"
#include <functional>
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

using ELFT = object::ELF64LE;

/// A vtable with slots that change (f, g) and words that do not: an addend, and
/// a hidden function.
static constexpr StringLiteral kObject = R"(
--- !ELF
FileHeader: { Class: ELFCLASS64, Data: ELFDATA2LSB, Type: ET_REL, Machine: EM_X86_64 }
Sections:
  - { Name: .table, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_WRITE ], AddressAlign: 8, Size: 0x30 }
  - { Name: .zeros, Type: SHT_NOBITS, Flags: [ SHF_ALLOC, SHF_WRITE ], Size: 8 }
  - Name: .rela.table
    Type: SHT_RELA
    Info: .table
    Link: .symtab
    Relocations:
      - { Offset: 0x10, Symbol: f, Type: R_X86_64_64 }
      - { Offset: 0x18, Symbol: g, Type: R_X86_64_64 }
      - { Offset: 0x20, Symbol: f, Type: R_X86_64_64, Addend: 8 }
      - { Offset: 0x28, Symbol: hidden, Type: R_X86_64_64 }
Symbols:
  - { Name: _ZTV1A, Section: .table, Type: STT_OBJECT, Binding: STB_GLOBAL, Size: 0x30 }
  - { Name: f, Binding: STB_GLOBAL }
  - { Name: g, Binding: STB_GLOBAL }
  - { Name: hidden, Binding: STB_GLOBAL, Other: [ STV_HIDDEN ] }
)";

/// The section indexes of yaml2obj, and the symbols' in the same order.
enum { Table = 1, Zeros, Slots, OldStubEntries };
enum { VTable = 1, F, G, Hidden };

namespace {
/// The rewritten object, to be damaged.
class Output {
public:
  explicit Output(const RewrittenObject &object)
      : bytes(object.contents.flatten()) {}

  ELFT::Ehdr &header() { return at<ELFT::Ehdr>(0)[0]; }
  ELFT::Shdr &section(size_t index) {
    return at<ELFT::Shdr>(header().e_shoff)[index];
  }
  /// The first section that is like this one and has been added.
  size_t added(uint32_t type, uint64_t flags) {
    for (size_t i = Slots + 1; i < header().e_shnum; ++i)
      if (section(i).sh_type == type &&
          (section(i).sh_flags & flags) == flags &&
          (type != SHT_RELA || section(i).sh_info > Slots))
        return i;
    return 0;
  }
  uint8_t *contents(size_t index) {
    return at<uint8_t>(section(index).sh_offset);
  }
  ELFT::Rela &entry(size_t section, size_t index) {
    return reinterpret_cast<ELFT::Rela *>(contents(section))[index];
  }
  ELFT::Sym &symbol(size_t index) {
    for (size_t i = 1;; ++i)
      if (section(i).sh_type == SHT_SYMTAB)
        return reinterpret_cast<ELFT::Sym *>(contents(i))[index];
  }
  ELFT::Shdr &symbols() {
    for (size_t i = 1;; ++i)
      if (section(i).sh_type == SHT_SYMTAB)
        return section(i);
  }

  ByteVector bytes;

private:
  template <class T> T *at(uint64_t offset) {
    return reinterpret_cast<T *>(bytes.data() + offset);
  }
};

struct Damage {
  const char *message;
  std::function<void(Output &)> apply;
};
} // namespace

static size_t code(Output &o) {
  return o.added(SHT_PROGBITS, SHF_EXECINSTR | SHF_GROUP);
}
static size_t codeEntries(Output &o) {
  return o.added(SHT_RELA, 0);
}

static std::string makeObject(StringRef description = kObject) {
  return makeFile(description);
}

TEST(VerifyObject, FindsEachDamage) {
  const std::string old = makeObject();
  const Config config;
  Diagnostics diagnostics;
  Expected<RewrittenObject> object =
      rewriteObject(arrayRefFromStringRef(old), config, diagnostics);
  ASSERT_TRUE(bool(object)) << toString(object.takeError());
  ASSERT_EQ(object->redirectedSlots, 2u);
  const auto failure = [&](Bytes bytes) {
    return toString(verifyObject(*object, bytes, Copies(), config));
  };
  EXPECT_EQ(failure(Output(*object).bytes), "");

  const Damage damages[] = {
      {"truncated ELF header: 3 bytes of 52",
       [](Output &o) { o.bytes.resize(3); }},
      {"the ELF header changed",
       [](Output &o) { o.header().e_machine = EM_AARCH64; }},
      {"the ELF header changed",
       [](Output &o) { o.header().e_ident[EI_OSABI] = ELFOSABI_GNU; }},
      {"the ELF header changed", [](Output &o) { o.header().e_flags = 1; }},
      {"the ELF header changed", [](Output &o) { o.header().e_type = ET_DYN; }},
      {"sections or symbols are missing",
       [](Output &o) { o.symbols().sh_size = 2 * sizeof(ELFT::Sym); }},
      {"the header of section 1 (.table) changed",
       [](Output &o) { o.section(Table).sh_addralign = 16; }},
      {"the contents of section 1 (.table) changed",
       [](Output &o) { ++*o.contents(Table); }},
      {"the size of section 2 (.zeros) changed",
       [](Output &o) { o.section(Zeros).sh_size = 16; }},
      {"the number of entries in section 3 (.rela.table) changed",
       [](Output &o) { o.section(Slots).sh_size -= sizeof(ELFT::Rela); }},
      {"an entry of section 3 (.rela.table) changed",
       [](Output &o) { o.entry(Slots, 0).r_addend = 1; }},
      {"section 3 (.rela.table): the slot at 0x20 is not the address of a "
       "symbol",
       [](Output &o) { o.entry(Slots, 2).setSymbol(G, false); }},
      {"section 3 (.rela.table): the slot at 0x28 must keep its symbol",
       [](Output &o) { o.entry(Slots, 3).setSymbol(G, false); }},
      {"section 3 (.rela.table): symbol 3 (g) is not the stub of f",
       [](Output &o) { o.entry(Slots, 0).setSymbol(G, false); }},
      {"1 slots changed instead of 2",
       [](Output &o) { o.entry(Slots, 0).setSymbol(F, false); }},
      {"section 3 (.rela.table): the code of .Lf.relay is not that of a stub",
       [](Output &o) { ++*o.contents(code(o)); }},
      {"section 3 (.rela.table): .Lf.relay has no relocations",
       [](Output &o) { o.section(codeEntries(o)).sh_type = SHT_PROGBITS; }},
      {"section 3 (.rela.table): .Lf.relay lacks relocations",
       [](Output &o) { o.section(codeEntries(o)).sh_size = 0; }},
      {"section 3 (.rela.table): .Lf.relay does not lead to f",
       [](Output &o) { o.entry(codeEntries(o), 0).setSymbol(G, false); }},
      {".objprelink.text) is new and its code is in a COMDAT group",
       [](Output &o) { *o.contents(o.added(SHT_GROUP, 0)) = GRP_COMDAT; }},
      {" is new and has an old member",
       [](Output &o) {
         uint8_t *group = o.contents(o.added(SHT_GROUP, 0));
         group[0] = GRP_COMDAT;
         group[4] = Table;
       }},
      {"section 3 (.rela.table): .Lf.relay does not lead to f",
       [](Output &o) { o.entry(codeEntries(o), 0).r_offset += 1; }},
      {"section 3 (.rela.table): the code of .Lf.relay is not that of a stub",
       [](Output &o) { o.symbol(Hidden + 1).st_value = 4; }},
      {"section 3 (.rela.table): symbol 5 (.Lf.relay) is not the stub of f",
       [](Output &o) { o.section(code(o)).sh_flags &= ~SHF_ALLOC; }},
      {" once more",
       [](Output &o) {
         const size_t first = codeEntries(o);
         const uint32_t of = o.section(first).sh_info;
         o.section(first).sh_info = 0;
         o.section(codeEntries(o)).sh_info = of;
         o.section(first).sh_info = of;
       }},
      {" is new and writable",
       [](Output &o) { o.section(code(o)).sh_flags |= SHF_WRITE; }},
      {"symbol 5 is new and local",
       [](Output &o) { o.symbol(Hidden + 1).setBinding(STB_LOCAL); }},
  };
  for (const Damage &damage : damages) {
    Output output(*object);
    damage.apply(output);
    const std::string said = failure(output.bytes);
    EXPECT_TRUE(StringRef(said).ends_with(damage.message))
        << "\"" << said << "\" instead of \"" << damage.message << "\"";
  }
}

/// A slot of f and a stub of f that was there.
static constexpr StringLiteral kOldStub = R"(
--- !ELF
FileHeader: { Class: ELFCLASS64, Data: ELFDATA2LSB, Type: ET_REL, Machine: EM_X86_64 }
Sections:
  - { Name: .table, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_WRITE ], AddressAlign: 8, Size: 0x18 }
  - { Name: .stub, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_EXECINSTR ], Content: FF2500000000 }
  - Name: .rela.table
    Type: SHT_RELA
    Info: .table
    Link: .symtab
    Relocations: [ { Offset: 0x10, Symbol: f, Type: R_X86_64_64 } ]
  - Name: .rela.stub
    Type: SHT_RELA
    Info: .stub
    Link: .symtab
    Relocations: [ { Offset: 2, Symbol: f, Type: R_X86_64_GOTPCRELX, Addend: -4 } ]
Symbols:
  - { Name: _ZTV1A, Section: .table, Type: STT_OBJECT, Binding: STB_GLOBAL, Size: 0x18 }
  - { Name: f, Binding: STB_GLOBAL }
  - { Name: .Lf.relay, Section: .stub, Type: STT_FUNC, Binding: STB_WEAK, Other: [ STV_HIDDEN ], Size: 6 }
)";

TEST(VerifyObject, FindsWhereOldStubsLead) {
  std::string old = makeObject(kOldStub);
  Diagnostics diagnostics;
  Expected<RewrittenObject> object =
      rewriteObject(arrayRefFromStringRef(old), Config(), diagnostics);
  ASSERT_TRUE(bool(object)) << toString(object.takeError());
  ASSERT_EQ(object->redirectedSlots, 1u);
  const auto verdict = [&] {
    return toString(
        verifyObject(*object, object->contents.flatten(), Copies(), Config()));
  };
  EXPECT_EQ(verdict(), "");
  // What the section header says is in the file is read at need. The output
  // refers to the same bytes.
  const Section &entries = object->before.sections[OldStubEntries];
  reinterpret_cast<ELFT::Rela *>(&old[entries.offset])
      ->setSymbol(VTable, false);
  EXPECT_EQ(verdict(), "section 3 (.rela.table): .Lf.relay does not lead to f");
}

TEST(VerifyArchive, FindsEachDamage) {
  const auto header = [](StringRef name, uint64_t size) {
    return formatv("{0,-48}{1,-10}`\n", name, size).str();
  };
  std::string object = makeObject();
  object.resize(alignTo(object.size(), 2));
  const std::string old = "!<arch>\n" + header("a.o/", object.size()) + object +
                          header("b.txt/", 4) + "text";
  const Config config;
  Diagnostics diagnostics;
  Expected<RewrittenArchive> archive =
      rewriteArchive(arrayRefFromStringRef(old), config, diagnostics);
  ASSERT_TRUE(bool(archive)) << toString(archive.takeError());
  const ByteVector good = archive->contents->flatten();
  const auto failure = [&](function_ref<void(ByteVector &)> damage) {
    ByteVector bytes = good;
    damage(bytes);
    return toString(verifyArchive(*archive, bytes, Copies(), config));
  };
  EXPECT_EQ(failure([](ByteVector &) {}), "");
  constexpr size_t headerSize = 60, last = headerSize + 4;
  EXPECT_EQ(failure([](ByteVector &b) { b.truncate(b.size() - last); }),
            "the number of members changed");
  EXPECT_EQ(failure([](ByteVector &b) { b[b.size() - last] = 'c'; }),
            "(b.txt): the header changed");
  EXPECT_EQ(failure([](ByteVector &b) { b.back() = 'T'; }),
            "(b.txt): the contents changed");
  EXPECT_EQ(failure([](ByteVector &b) {
              b[8 + headerSize + offsetof(Elf64_Ehdr, e_machine)] = EM_AARCH64;
            }),
            "(a.o): the ELF header changed");
}

// An object that has so many is too large for a test.
TEST(Relocations, CanNameSoManySymbols) {
  const uint64_t most = 1 << 24;
  EXPECT_EQ(toString(checkSymbolCount(/*is64=*/false, most)), "");
  EXPECT_EQ(toString(checkSymbolCount(/*is64=*/false, most + 1)),
            "16777217 symbols, more than 32-bit relocations can name");
  EXPECT_EQ(toString(checkSymbolCount(/*is64=*/true, most + 1)), "");
}
