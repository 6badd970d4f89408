#include "ImageVerdict.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

template <class ELFT> class VerifyDeadMemory : public testing::Test {};
TYPED_TEST_SUITE(VerifyDeadMemory, Classes);

/// What the verifier says of relays in \p old, whose longer program headers
/// overwrite the interpreter's name.
template <class ELFT> static std::string relays(const Forms<ELFT> &old) {
  return verify(old, Forms<ELFT>(old).relay());
}

TYPED_TEST(VerifyDeadMemory, RejectsWhatHasReaders) {
  using F = Forms<TypeParam>;
  const F clean;
  const uint64_t name = F(clean).other(PT_INTERP).address;
  const std::string begin =
      formatv("the memory at {0:x} was overwritten, and ", name).str();
  EXPECT_EQ(relays(clean), "");

  F old = clean;
  old.symbol(F::defined).st_value = name;
  EXPECT_EQ(relays(old), begin + "symbol 'h' leads there");
  old.symbol(F::defined).setBindingAndType(STB_GLOBAL, STT_TLS);
  EXPECT_EQ(relays(old), "");

  old = clean;
  old.relocation(F::kRelatives).addend = name;
  EXPECT_EQ(relays(old), begin + "the relocation of 0x3540 leads there");
  old = clean;
  old.relocation(F::slot(7)).addend = name - 0x1000;
  EXPECT_EQ(
      relays(old),
      begin + formatv("the relocation of {0:x} leads there", F::slot(7)).str());

  old = clean;
  if (F::kIs64) {
    // lea name(%rip), %rax; the distance counts from behind an immediate.
    old.distance(old.code(0x1081, {0x48, 0x8d, 0x05}), name);
    EXPECT_EQ(relays(old), begin + "code at 0x1083 leads there");
    const uint64_t field = old.code(0x1081, {0x90, 0x80, 0x3d});
    old.distance(field, name, field + 5);
    EXPECT_EQ(relays(old), begin + "code at 0x1083 leads there");
  } else {
    // lea name@GOTOFF(%ebx), %eax
    old.distance(old.code(0x1081, {0x8d, 0x83}), name, old.got());
    EXPECT_EQ(relays(old), begin + "code at 0x1083 leads there");
  }
}

TYPED_TEST(VerifyDeadMemory, RejectsOverwrittenNotesOfOthers) {
  using F = Forms<TypeParam>;
  F old;
  old.put32(old.other(PT_NOTE).address + 8, 9);
  EXPECT_EQ(relays(old), formatv("the note of 'GNU' at {0:x} was overwritten",
                                 old.other(PT_NOTE).address)
                             .str());
}

// Who refers to a relocation table has a symbol for its beginning.
TEST(VerifyDeadMemory, RejectsTablesWithReaders) {
  using F = Forms<object::ELF64LE>;
  F old;
  old.distance(old.code(0x1081, {0x48, 0x8d, 0x05}), 0x700);
  EXPECT_EQ(relays(old), "the memory at 0x700 was overwritten, and code at "
                         "0x1083 leads there");
}

// All other memory is what it was, byte for byte: each byte of the old memory
// is changed in the new image. What is accepted is named here.
TYPED_TEST(VerifyDeadMemory, ComparesEveryOldByte) {
  using F = Forms<TypeParam>;
  F old;
  const ByteVector before = old.write();
  ByteVector file = F(old).relay().write();
  rehash(file);
  ASSERT_EQ(verify(before, file), "");
  const Image image = cantFail(readImage(before));
  const Image now = cantFail(readImage(file));

  ASSERT_NE(now.gnuHashTable.address, image.gnuHashTable.address);
  const auto moved = [&](uint32_t type) -> AddressRange {
    return {old.other(type).address, old.other(type).size};
  };
  const std::pair<const char *, AddressRange> mayDiffer[] = {
      // Flags of the header that nothing reads, and numbers of section headers.
      {"ELF header", {0, F::kHeader}},
      {"program headers", {F::kHeader, now.programHeadersEnd() - F::kHeader}},
      {"PT_INTERP, which has moved", moved(PT_INTERP)},
      {"PT_NOTE, which has moved", moved(PT_NOTE)},
      {"DT_GNU_HASH, which has moved", image.gnuHashTable},
      // With RELA, ld.so does not read what the file has there.
      {"redirected slots", {F::slot(0), F::kIs64 ? 3 * F::kWord : 0}},
      {"dynamic table", image.dynamicRange},
      {"DT_RELA or DT_REL", image.relocationTable},
      {"DT_JMPREL", image.pltRelocationTable}};
  unsigned accepted = 0;
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    for (uint64_t at = segment.address; at < segment.address + segment.fileSize;
         ++at) {
      const Bytes byte = now.contentsAt(at, 1);
      ASSERT_FALSE(byte.empty());
      uint8_t &changed = file[byte.data() - file.data()];
      if (any_of(mayDiffer,
                 [&](const auto &range) { return range.second.contains(at); }))
        continue;
      changed ^= 0x15;
      rehash(file);
      if (verify(before, file).empty()) {
        ++accepted;
        ADD_FAILURE() << "a change at " << std::hex << at << " was accepted";
      }
      changed ^= 0x15;
      if (accepted > 9)
        return;
    }
  }
}
