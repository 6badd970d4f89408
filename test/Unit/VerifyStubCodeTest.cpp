//===- VerifyStubCodeTest.cpp - the code of stubs, decoded ----------------===//
//
// The verifier of objects does not ask the target what it has written. So a
// wrong row of a stub, which is wrong in every output, is found: here each byte
// of each form is changed, and one form put where another is due.
//
//===----------------------------------------------------------------------===//

#include "ELF/ObjectReader.h"
#include "ObjectRewriter/RewriteObject.h"
#include "ObjectRewriter/Verify.h"
#include "Support/Diagnostics.h"
#include "Target/Decoder.h"
#include "Target/Target.h"
#include "YamlFile.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

namespace {
/// A form that stubs may have.
struct Form {
  bool is64;
  Mode mode;
  bool pads;
  bool shadowStack;
  I386Scratch scratch = I386Scratch::Auto;

  const Target &target() const {
    return is64 ? getX86_64Target() : getI386Target();
  }
  Config config() const {
    Config out;
    out.mode = mode;
    out.i386Scratch = scratch;
    return out;
  }
  Stub stub() const { return target().stub(config(), {pads, shadowStack}); }
};

/// A slot of f, and the object that a rewrite makes of it.
class Pair {
public:
  explicit Pair(const Form &form);
  std::string verify(Bytes bytes) const {
    return toString(verifyObject(rewritten, bytes, Copies(), form.config()));
  }
  /// With the code of the stub, and what follows it in the file, in the place
  /// of that of the stub that was made.
  template <class ELFT> ByteVector withCode(Bytes code) const;

  const Form &form;
  std::string old;
  RewrittenObject rewritten;
  ByteVector output;
  Section code, entries;
  uint64_t codeHeader = 0, entriesHeader = 0;
};
} // namespace

static std::vector<Form> allForms() {
  std::vector<Form> out;
  for (const bool pads : {false, true}) {
    for (const Mode mode : {Mode::Relay, Mode::Lazy})
      out.push_back({true, mode, pads, false});
    for (const bool shadowStack : {false, true})
      out.push_back({false, Mode::Relay, pads, shadowStack});
    out.push_back({false, Mode::Lazy, pads, true, I386Scratch::None});
    out.push_back({false, Mode::Lazy, pads, false, I386Scratch::Eax});
  }
  return out;
}

/// GNU_PROPERTY_X86_FEATURE_1_AND.
static std::string properties(const Form &form) {
  const unsigned bits = form.pads + 2 * form.shadowStack;
  const std::string size = form.is64 ? "10" : "0c";
  return "04000000" + size + "00000005000000474e5500020000c0040000000" +
         std::to_string(bits) + "000000" + (form.is64 ? "00000000" : "");
}

static std::string describe(const Form &form) {
  const std::string bits = form.is64 ? "64" : "32";
  const std::string rel = form.is64 ? "RELA" : "REL";
  return "--- !ELF\nFileHeader: { Class: ELFCLASS" + bits +
         ", Data: ELFDATA2LSB, Type: ET_REL, Machine: " +
         (form.is64 ? "EM_X86_64" : "EM_386") + R"( }
Sections:
  - { Name: .table, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_WRITE ], AddressAlign: 8, Size: 0x18 }
  - { Name: .note.gnu.property, Type: SHT_NOTE, Flags: [ SHF_ALLOC ], AddressAlign: )" +
         (form.is64 ? "8" : "4") + ", Content: " + properties(form) + R"( }
  - Name: .rel.table
    Type: SHT_)" +
         rel + R"(
    Info: .table
    Link: .symtab
    Relocations: [ { Offset: 0x10, Symbol: f, Type: )" +
         (form.is64 ? "R_X86_64_64" : "R_386_32") + R"( } ]
Symbols:
  - { Name: _ZTV1A, Section: .table, Type: STT_OBJECT, Binding: STB_GLOBAL, Size: 0x18 }
  - { Name: f, Binding: STB_GLOBAL }
)";
}

Pair::Pair(const Form &form) : form(form) {
  old = makeFile(describe(form));
  Diagnostics diagnostics;
  rewritten = cantFail(
      rewriteObject(arrayRefFromStringRef(old), form.config(), diagnostics));
  output = rewritten.contents.flatten();
  const Object after = cantFail(readObject(output));
  const Symbol &stub = after.symbols[rewritten.before.symbols.size()];
  code = after.sections[stub.section];
  const uint64_t headerSize =
      form.is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
  for (auto [index, section] : enumerate(after.sections)) {
    const uint64_t header = after.sectionTableOffset + index * headerSize;
    if (index == stub.section)
      codeHeader = header;
    if (section.isRelocations() && section.info == stub.section) {
      entries = section;
      entriesHeader = header;
    }
  }
}

template <class ELFT> ByteVector Pair::withCode(Bytes bytes) const {
  ByteVector out = output;
  auto &header = *reinterpret_cast<typename ELFT::Shdr *>(&out[codeHeader]);
  header.sh_offset = out.size();
  header.sh_size = bytes.size();
  out.append(bytes.begin(), bytes.end());
  return out;
}

// hazard V18, V20
TEST(VerifyStubCode, KnowsEachFormOfTheTargets) {
  for (const Form &form : allForms()) {
    const Stub stub = form.stub();
    const Decoder &decoder = *findDecoder(form.target().machine, form.is64);
    const std::optional<DecodedObjectStub> decoded =
        decoder.objectStub(stub.code);
    ASSERT_TRUE(decoded) << stub.suffix.str();
    EXPECT_EQ(decoded->hasLandingPad, form.pads);
    EXPECT_EQ(decoded->isLate, stub.suffix == ".lazy");
    EXPECT_EQ(decoded->changesRegister, stub.suffix == ".relay_eax");
    EXPECT_EQ(decoded->fields.size(), stub.relocations.size());
    for (const auto &[field, relocation] :
         zip_equal(decoded->fields, stub.relocations)) {
      EXPECT_EQ(field.offset, relocation.offset);
      EXPECT_EQ(field.type, relocation.type);
      EXPECT_EQ(field.addend, relocation.addend);
      EXPECT_EQ(field.isGotBase, relocation.symbol == StubSymbol::GotBase);
    }
    // Nothing less and nothing more is a stub.
    ByteVector longer(stub.code);
    longer.push_back(0x90);
    EXPECT_FALSE(decoder.objectStub(longer));
    for (size_t size = 0; size < stub.code.size(); ++size)
      EXPECT_FALSE(decoder.objectStub(stub.code.take_front(size)));
  }
}

TEST(VerifyStubCode, RejectsEachWrongByte) {
  for (const Form &form : allForms()) {
    const Pair pair(form);
    ASSERT_EQ(pair.verify(pair.output), "");
    for (uint64_t at = 0; at < pair.code.size; ++at)
      for (uint8_t bit = 1; bit; bit <<= 1) {
        ByteVector damaged = pair.output;
        damaged[pair.code.offset + at] ^= bit;
        EXPECT_NE(pair.verify(damaged), "") << "byte " << at;
      }
    // The last one, of type NONE, names the thunk that stubs stand behind.
    const uint64_t used = form.stub().relocations.size() *
                          (form.is64 ? sizeof(Elf64_Rela) : sizeof(Elf32_Rel));
    for (uint64_t at = 0; at < used; ++at) {
      ByteVector damaged = pair.output;
      damaged[pair.entries.offset + at] ^= 1;
      EXPECT_NE(pair.verify(damaged), "") << "byte " << at;
    }
  }
}

// A stub that would serve another object, or other options, serves not here.
TEST(VerifyStubCode, RejectsTheFormsOfOthers) {
  const std::string wrong = "is not that of a stub",
                    bare = "has no landing pad";
  for (const Form &form : allForms()) {
    const Pair pair(form);
    for (const Form &other : allForms()) {
      if (other.is64 != form.is64)
        continue;
      const Bytes code = other.stub().code;
      const std::string said =
          pair.verify(form.is64 ? pair.withCode<object::ELF64LE>(code)
                                : pair.withCode<object::ELF32LE>(code));
      const bool samePromise = other.stub().suffix == form.stub().suffix;
      const std::string &due = samePromise ? bare : wrong;
      if (samePromise && form.pads <= other.pads)
        continue;
      EXPECT_TRUE(StringRef(said).ends_with(due))
          << said << ": " << form.stub().suffix.str() << ", "
          << other.stub().suffix.str();
    }
  }
}

TEST(VerifyStubCode, RejectsRelocationsOfWhatWasThere) {
  const Form form = {true, Mode::Relay, false, false};
  const Pair pair(form);
  // Of the old table, with the stub's own.
  ByteVector damaged = pair.output;
  auto &header = *reinterpret_cast<Elf64_Shdr *>(&damaged[pair.entriesHeader]);
  header.sh_info = 1;
  EXPECT_TRUE(StringRef(pair.verify(damaged))
                  .ends_with("is new and relocates section "
                             "1 (.table)"));
}
