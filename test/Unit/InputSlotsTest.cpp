#include "VTable/InputSlots.h"
#include "YamlFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace objprelink;

/// A table in a COMDAT group and one in none, a word of other data, and code
/// that reads an address from the GOT.
static constexpr StringLiteral kObject = R"(
--- !ELF
FileHeader: { Class: ELFCLASS64, Data: ELFDATA2LSB, Type: ET_REL, Machine: EM_X86_64 }
Sections:
  - { Name: .group, Type: SHT_GROUP, Info: _ZTV1A, Members: [ { SectionOrType: GRP_COMDAT }, { SectionOrType: .a }, { SectionOrType: .rela.a } ] }
  - { Name: .a, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_WRITE, SHF_GROUP ], Size: 0x28 }
  - { Name: .b, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_WRITE ], Size: 0x30 }
  - { Name: .text, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_EXECINSTR ], Size: 0x20 }
  - { Name: .read, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC ], Size: 8 }
  - Name: .rela.a
    Type: SHT_RELA
    Flags: [ SHF_GROUP ]
    Info: .a
    Relocations:
      - { Offset: 0x08, Symbol: _ZTI1A, Type: R_X86_64_64 }
      - { Offset: 0x10, Symbol: _Z1fv, Type: R_X86_64_64 }
      - { Offset: 0x18, Symbol: _Z1gv, Type: R_X86_64_64 }
      - { Offset: 0x20, Symbol: _Z1fv, Type: R_X86_64_64, Addend: 8 }
  - Name: .rela.b
    Type: SHT_RELA
    Info: .b
    Relocations:
      - { Offset: 0x10, Symbol: _Z1fv, Type: R_X86_64_64 }
      - { Offset: 0x18, Symbol: _Z1fv, Type: R_X86_64_64 }
      - { Offset: 0x20, Symbol: _Z1hv, Type: R_X86_64_64 }
      - { Offset: 0x28, Symbol: named_in_c, Type: R_X86_64_64 }
  - Name: .rela.text
    Type: SHT_RELA
    Info: .text
    Relocations:
      - { Offset: 0x03, Symbol: _Z1gv, Type: R_X86_64_REX_GOTPCRELX, Addend: -4 }
      - { Offset: 0x08, Symbol: _Z1kv, Type: R_X86_64_PLT32, Addend: -4 }
      - { Offset: 0x10, Symbol: _Z1fv, Type: R_X86_64_PLT32, Addend: -4 }
  - { Name: .rela.read, Type: SHT_RELA, Info: .read, Relocations: [ { Symbol: _Z1kv, Type: R_X86_64_64 } ] }
  - Name: .note.gnu.property
    Type: SHT_NOTE
    Flags: [ SHF_ALLOC ]
    AddressAlign: 8
    Notes: [ { Name: GNU, Type: NT_GNU_PROPERTY_TYPE_0, Desc: '020000C0040000000100000000000000' } ]
Symbols:
  - { Name: _ZTV1B, Section: .b, Type: STT_OBJECT, Size: 0x20 }
  - { Name: _ZTV1A, Section: .a, Type: STT_OBJECT, Binding: STB_WEAK, Size: 0x28 }
  - { Name: _ZTI1A, Binding: STB_GLOBAL }
  - { Name: _Z1fv, Binding: STB_WEAK }
  - { Name: _Z1gv, Binding: STB_GLOBAL, Other: [ STV_HIDDEN ] }
  - { Name: _Z1hv, Section: .text, Type: STT_FUNC, Binding: STB_WEAK }
  - { Name: _Z1kv, Section: .text, Type: STT_GNU_IFUNC, Binding: STB_GLOBAL }
  - { Name: named_in_c, Binding: STB_GLOBAL }
)";

static constexpr StringLiteral kLibrary = R"(
--- !ELF
FileHeader: { Class: ELFCLASS64, Data: ELFDATA2LSB, Type: ET_DYN, Machine: EM_X86_64 }
Sections:
  - { Name: .text, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_EXECINSTR ], Size: 8 }
  - { Name: .gnu.version, Type: SHT_GNU_versym, Flags: [ SHF_ALLOC ], Link: .dynsym, Entries: [ 0, 2, 0x8002, 1, 1 ] }
DynamicSymbols:
  - { Name: _Z3newv, Section: .text, Type: STT_FUNC, Binding: STB_GLOBAL }
  - { Name: _Z3oldv, Section: .text, Type: STT_FUNC, Binding: STB_GLOBAL }
  - { Name: _Z4usedv, Type: STT_FUNC, Binding: STB_GLOBAL }
  - { Name: _Z4datav, Section: .text, Type: STT_OBJECT, Binding: STB_GLOBAL }
)";

static const uint32_t kGotLoads[] = {ELF::R_X86_64_REX_GOTPCRELX};
static const InputKinds kKinds = {ELF::EM_X86_64, ELF::R_X86_64_64, kGotLoads,
                                  ELF::R_X86_64_PLT32};

static MemoryBufferRef asInput(StringRef bytes) {
  return {bytes, "input"};
}

/// Slots and functions in words.
static std::string tell(const InputSlots &slots) {
  std::string out;
  raw_string_ostream stream(out);
  const auto name = [&](uint32_t function) {
    return slots.functions[function].name.val();
  };
  for (const InputTables &tables : slots.tables)
    stream << (tables.group.empty() ? "none" : tables.group) << ": "
           << join(map_range(tables.slots, name), " ") << "\n";
  for (const InputFunction &function : slots.functions)
    if (function.isWeak || function.hasOtherWord || function.hasGotWord ||
        function.isCalled)
      stream << function.name.val() << (function.isWeak ? " weak" : "")
             << (function.hasOtherWord ? " word" : "")
             << (function.hasGotWord ? " GOT" : "")
             << (function.isCalled ? " called" : "") << "\n";
  return out;
}

TEST(InputSlots, AreThoseOfTablesByTheirGroups) {
  const std::string object = makeFile(kObject);
  Expected<InputSlots> slots = findInputSlots(asInput(object), kKinds);
  ASSERT_TRUE(bool(slots)) << toString(slots.takeError());
  // An addend is no call, and what is behind a table is other data.
  EXPECT_EQ(tell(*slots), "_ZTV1A: _Z1fv _Z1gv\n"
                          "none: _Z1fv _Z1fv\n"
                          "_Z1fv weak word called\n_Z1gv GOT\n_Z1hv word\n");
  EXPECT_TRUE(slots->landingPads);
}

TEST(InputSlots, ObjectsSayWhatTheyDefineOrHide) {
  const std::string object = makeFile(kObject);
  std::string out;
  EXPECT_FALSE(errorToBool(
      visitInputSymbols(asInput(object), [&](const InputSymbol &symbol) {
        out += symbol.name.val().str() + (symbol.isDefined ? " defined" : "") +
               (symbol.isDefault ? "\n" : " not default\n");
      })));
  EXPECT_EQ(out, "_Z1gv not default\n_Z1hv defined\n"
                 "_Z1kv defined not default\n");
}

TEST(InputSlots, LibrariesHaveDefaultVersions) {
  const std::string library = makeFile(kLibrary);
  std::string out;
  EXPECT_FALSE(errorToBool(
      visitLibrarySymbols(asInput(library), [&](CachedHashStringRef name) {
        out += name.val().str() + "\n";
      })));
  EXPECT_EQ(out, "_Z3newv\n");
}

TEST(InputSlots, OtherFilesAreErrors) {
  std::string object = makeFile(kObject), library = makeFile(kLibrary);
  EXPECT_TRUE(
      errorToBool(findInputSlots(asInput(library), kKinds).takeError()));
  EXPECT_TRUE(errorToBool(
      visitLibrarySymbols(asInput(object), [](CachedHashStringRef) {})));
  EXPECT_TRUE(errorToBool(findInputSlots(asInput(""), kKinds).takeError()));
  EXPECT_TRUE(errorToBool(
      findInputSlots(asInput(object), {ELF::EM_386, 1, {}, 2}).takeError()));
  object[ELF::EI_CLASS] = ELF::ELFCLASS32;
  EXPECT_TRUE(errorToBool(findInputSlots(asInput(object), kKinds).takeError()));
}

/// Many symbols may share one name, as long as the file.
TEST(InputSlots, LongNamesAreNobodys) {
  std::string yaml = kObject.str();
  const std::string name = "_Z5000" + std::string(5000, 'f') + "v";
  for (size_t at = 0; (at = yaml.find("_Z1fv", at)) != std::string::npos;)
    yaml.replace(at, 5, name);
  const std::string object = makeFile(yaml);
  Expected<InputSlots> slots = findInputSlots(asInput(object), kKinds);
  ASSERT_TRUE(bool(slots)) << toString(slots.takeError());
  EXPECT_EQ(tell(*slots), "_ZTV1A: _Z1gv\n_Z1gv GOT\n_Z1hv word\n");
}
