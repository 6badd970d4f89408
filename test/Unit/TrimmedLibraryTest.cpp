#include "Linker/TrimmedLibrary.h"
#include "YamlFile.h"
#include "llvm/Object/ELF.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

using ELFT = object::ELF64LE;

/// A library with four symbols, three versions, and code that makes it worth a
/// look.
static constexpr StringLiteral kLibrary = R"(
--- !ELF
FileHeader: { Class: ELFCLASS64, Data: ELFDATA2LSB, Type: ET_DYN, Machine: EM_X86_64 }
Sections:
  - { Name: .text, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_EXECINSTR ], Size: 0x10000 }
  - { Name: .gnu.version, Type: SHT_GNU_versym, Flags: [ SHF_ALLOC ], Link: .dynsym, Entries: [ 0, 2, 3, 2, 4 ] }
  - Name: .gnu.version_d
    Type: SHT_GNU_verdef
    Flags: [ SHF_ALLOC ]
    Link: .dynstr
    Info: 3
    Entries:
      - { Version: 1, Flags: 1, VersionNdx: 1, Hash: 0, Names: [ lib.so ] }
      - { Version: 1, Flags: 0, VersionNdx: 2, Hash: 0, Names: [ V1 ] }
      - { Version: 1, Flags: 0, VersionNdx: 3, Hash: 0, Names: [ V2 ] }
  - Name: .gnu.version_r
    Type: SHT_GNU_verneed
    Flags: [ SHF_ALLOC ]
    Link: .dynstr
    Info: 1
    Dependencies:
      - { Version: 1, File: libc.so.6, Entries: [ { Name: C1, Hash: 0, Flags: 0, Other: 4 } ] }
  - { Name: .dynamic, Type: SHT_DYNAMIC, Flags: [ SHF_ALLOC ], Link: .dynstr, Entries: [ { Tag: DT_NEEDED, Value: 1 }, { Tag: DT_NULL, Value: 0 } ] }
  - { Name: .data, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_WRITE ], Size: 0x100 }
ProgramHeaders:
  - { Type: PT_LOAD, Flags: [ PF_R, PF_X ], FirstSec: .text, LastSec: .data }
DynamicSymbols:
  - { Name: first, Type: STT_FUNC, Section: .text, Binding: STB_GLOBAL, Value: 0x10 }
  - { Name: second, Type: STT_OBJECT, Section: .data, Binding: STB_WEAK, Value: 8, Size: 4 }
  - { Name: third, Type: STT_FUNC, Section: .text, Binding: STB_GLOBAL, Value: 0x20 }
  - { Name: wanted, Type: STT_FUNC, Binding: STB_GLOBAL }
...
)";

static std::unique_ptr<MemoryBuffer> trim(StringRef contents,
                                          std::initializer_list<StringRef> of) {
  StringSet<> names;
  for (StringRef name : of)
    names.insert(name);
  return trimLibrary(MemoryBufferRef(contents, "lib.so"), names);
}

/// "name version" of each symbol, in order.
static std::vector<std::string> symbolsOf(StringRef contents) {
  const auto elf = cantFail(object::ELFFile<ELFT>::create(contents));
  const auto sections = cantFail(elf.sections());
  ArrayRef<ELFT::Versym> versions;
  std::vector<std::string> out;
  for (const ELFT::Shdr &section : sections)
    if (section.sh_type == SHT_GNU_versym)
      versions = cantFail(elf.getSectionContentsAsArray<ELFT::Versym>(section));
  for (const ELFT::Shdr &section : sections) {
    if (section.sh_type != SHT_DYNSYM)
      continue;
    EXPECT_EQ(section.sh_info, 1u);
    const StringRef names =
        cantFail(elf.getStringTableForSymtab(section, sections));
    for (auto [index, symbol] : enumerate(cantFail(elf.symbols(&section))))
      out.push_back(cantFail(symbol.getName(names)).str() + " " +
                    std::to_string(versions[index].vs_index));
  }
  return out;
}

TEST(TrimmedLibrary, HasWhatIsNamed) {
  const std::string file = makeFile(kLibrary);
  const auto trimmed = trim(file, {"second", "wanted", "elsewhere"});
  ASSERT_TRUE(trimmed);
  // Its code is of no interest to a linker.
  EXPECT_LT(trimmed->getBufferSize(), 2000u);
  EXPECT_EQ(trimmed->getBufferIdentifier(), "lib.so");
  EXPECT_EQ(symbolsOf(trimmed->getBuffer()),
            (std::vector<std::string>{" 0", "second 3", "wanted 4"}));
  EXPECT_EQ(symbolsOf(trim(file, {})->getBuffer()),
            (std::vector<std::string>{" 0"}));
  EXPECT_EQ(
      symbolsOf(
          trim(file, {"first", "second", "third", "wanted"})->getBuffer()),
      symbolsOf(file));
}

// What LLD reads beside symbols: versions, what is needed, segments.
TEST(TrimmedLibrary, KeepsItsTables) {
  const std::string file = makeFile(kLibrary);
  const auto trimmed = trim(file, {"second"});
  ASSERT_TRUE(trimmed);
  const auto facts = [](StringRef contents) {
    const auto elf = cantFail(object::ELFFile<ELFT>::create(contents));
    std::string out;
    for (uint32_t type : {SHT_GNU_verdef, SHT_GNU_verneed, SHT_DYNAMIC})
      for (const ELFT::Shdr &section : cantFail(elf.sections()))
        if (section.sh_type == type) {
          const ELFT::Shdr &linked = *cantFail(elf.getSection(section.sh_link));
          out += toStringRef(cantFail(elf.getSectionContents(section)));
          out += toStringRef(cantFail(elf.getSectionContents(linked)));
          out += std::to_string(section.sh_info);
        }
    const ELFT::Phdr &load = *cantFail(elf.program_headers()).begin();
    return out + std::to_string(load.p_flags) + std::to_string(load.p_memsz);
  };
  EXPECT_EQ(facts(trimmed->getBuffer()), facts(file));
}

// LLD finds out what is wrong with a file, if anything is.
TEST(TrimmedLibrary, LeavesOthersAlone) {
  const std::string file = makeFile(kLibrary);
  EXPECT_FALSE(trim(StringRef(file).take_front(0xffff), {}));
  EXPECT_FALSE(trim(StringRef(file).drop_back(1), {}));
  EXPECT_FALSE(trim(std::string(0x10000, 'a'), {}));
  const auto with = [](StringRef from, StringRef to) {
    std::string text = kLibrary.str();
    text.replace(text.find(from), from.size(), to);
    return makeFile(text);
  };
  EXPECT_FALSE(trim(with("ELFCLASS64", "ELFCLASS32"), {}));
  EXPECT_FALSE(trim(with("ELFDATA2LSB", "ELFDATA2MSB"), {}));
  EXPECT_FALSE(trim(with("[ 0, 2, 3, 2, 4 ]", "[ 0, 2, 3, 2 ]"), {}));
}
