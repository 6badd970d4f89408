#include "ImageEdit/References.h"
#include "ImageRewriter/TargetMachine.h"
#include "ImageVerdict.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

template <class ELFT> class ReferencesTest : public testing::Test {};
TYPED_TEST_SUITE(ReferencesTest, Classes);

/// Who refers to the interpreter's name, which follows the program headers.
template <class ELFT> static std::string who(const Forms<ELFT> &picture) {
  const ByteVector file = picture.write();
  const Image image = cantFail(readImage(file));
  Forms<ELFT> copy = picture;
  const auto &interpreter = copy.other(PT_INTERP);
  return References(image,
                    machineCodeOf(*findTarget(image.machine, image.is64)))
      .find({interpreter.address, interpreter.size})
      .value_or("");
}

TYPED_TEST(ReferencesTest, FindsEachKind) {
  using F = Forms<TypeParam>;
  const F clean;
  const uint64_t name = F(clean).other(PT_INTERP).address;
  EXPECT_EQ(who(clean), "");

  F picture = clean;
  picture.symbol(F::defined).st_value = name + 4;
  EXPECT_EQ(who(picture), "symbol 'h'");
  // A symbol before it that is so large.
  picture.symbol(F::defined).st_value = name - 8;
  EXPECT_EQ(who(picture), "");
  picture.symbol(F::defined).st_size = 9;
  EXPECT_EQ(who(picture), "symbol 'h'");
  picture.symbol(F::defined).setBindingAndType(STB_GLOBAL, STT_TLS);
  EXPECT_EQ(who(picture), "");

  picture = clean;
  picture.relocation(F::kRelatives).addend = name + 15;
  EXPECT_EQ(who(picture), "the relocation of 0x3540");
  picture = clean;
  picture.relocation(F::slot(7)).addend = name - 0x1000;
  EXPECT_EQ(who(picture), formatv("the relocation of {0:x}", F::slot(7)).str());
  picture = clean;
  picture.relr = {F::kRelatives + 3 * F::kWord};
  picture.putWord(picture.relr[0], name);
  EXPECT_EQ(who(picture),
            formatv("the relocation of {0:x}", picture.relr[0]).str());

  // A distance in constants, from its own place; zero is padding.
  picture = clean;
  picture.put32(0xb00, name - 0xb00);
  EXPECT_EQ(who(picture), "data at 0xb00");
  picture.put32(0xb00, 0);
  EXPECT_EQ(who(picture), "");
}

TEST(References, FindsDistancesFromInstructions) {
  using F = Forms<object::ELF64LE>;
  const F clean;
  const uint64_t name = F(clean).other(PT_INTERP).address;
  const auto with = [&](CodeRow row, uint64_t to, unsigned immediate = 0) {
    F picture = clean;
    const uint64_t field = picture.code(0x1081, row);
    picture.distance(field, to, field + 4 + immediate);
    return who(picture);
  };
  // lea name+3(%rip), %rax; cmpb $1, name(%rip); cmpl $1, name(%rip)
  EXPECT_EQ(with({0x48, 0x8d, 0x05}, name + 3), "code at 0x1084");
  EXPECT_EQ(with({0x80, 0x3d}, name, 1), "code at 0x1083");
  EXPECT_EQ(with({0x81, 0x3d}, name, 4), "code at 0x1083");
  // vmovups name-8(%rip), %zmm0 reads the name's first bytes, too.
  EXPECT_EQ(with({0x62, 0xf1, 0x7c, 0x48, 0x10, 0x05}, name - 8),
            "code at 0x1087");
  // The end of it may be where a loop begins that counts down.
  EXPECT_EQ(with({0x48, 0x8d, 0x0d}, name + 16), "code at 0x1084");
  EXPECT_EQ(with({0x48, 0x8d, 0x0d}, name + 17), "");
  // A call, and what is no operand.
  EXPECT_EQ(with({0xe8}, name), "");
  EXPECT_EQ(with({0x48, 0x8d, 0x84}, name), "");

  // movabs $name@GOTOFF, %rax
  F picture = clean;
  picture.putWord(picture.code(0x1081, {0x48, 0xb8}), name - picture.got());
  EXPECT_EQ(who(picture), "code at 0x1083");
}

TEST(References, FindsDistancesFromTheGot) {
  using F = Forms<object::ELF32LE>;
  const F clean;
  const uint64_t name = F(clean).other(PT_INTERP).address;
  // lea name@GOTOFF(%ebx), %eax
  F picture = clean;
  picture.distance(picture.code(0x1081, {0x8d, 0x83}), name + 3, clean.got());
  EXPECT_EQ(who(picture), "code at 0x1083");
  // The same bytes as the distance of a call and of a jump.
  for (CodeRow row : {CodeRow{0x90, 0xe8}, CodeRow{0x0f, 0x85}}) {
    picture = clean;
    picture.distance(picture.code(0x1081, row), name + 3, clean.got());
    EXPECT_EQ(who(picture), "");
  }
  // movzbl name@GOTOFF(%ebx,%eax), %eax; add $name@GOTOFF, %ebx
  for (CodeRow row : {CodeRow{0xb6, 0x84, 0x03}, CodeRow{0x90, 0x81, 0xc3}}) {
    picture = clean;
    picture.distance(picture.code(0x1081, row), name, clean.got());
    EXPECT_EQ(who(picture), "code at 0x1084");
  }

  // From a GOT that only code knows: call 1f; 1: pop %ebx; add $distance, %ebx
  picture = clean;
  uint64_t at = picture.code(0x1081, {0xe8, 0, 0, 0, 0, 0x5b, 0x81, 0xc3});
  picture.distance(at, 0x4200, 0x1086);
  picture.distance(picture.code(0x10a0, {0x8d, 0x83}), name, 0x4200);
  EXPECT_EQ(who(picture), "code at 0x10a2");
  // From the code's own address: call 1f; 1: pop %eax; lea name-1b(%eax), %eax
  picture = clean;
  at = picture.code(0x1081, {0xe8, 0, 0, 0, 0, 0x58, 0x8d, 0x80});
  picture.distance(at, name, 0x1086);
  EXPECT_EQ(who(picture), "code at 0x1089");
  // Code that has made the address of the GOT of it counts from there.
  picture.code(0x1086, {0x58, 0x05, 0, 0, 0, 0, 0x8d, 0x80});
  picture.distance(0x108e, name, 0x1086);
  EXPECT_EQ(who(picture), "");
  picture.distance(picture.code(0x1086, {0x58, 0x8d, 0x80}), name, 0x1086);
  EXPECT_EQ(who(picture), "code at 0x1089");
  // A call of something else gives no address.
  *picture.at(0x1083) = 1;
  EXPECT_EQ(who(picture), "");
}

// Only the beginning of a table that the linker makes can have a symbol.
TEST(References, FindsWhoReadsATable) {
  using F = Forms<object::ELF64LE>;
  for (auto [to, said] :
       {std::pair(0x700, "code at 0x1084"), std::pair(0x718, "")}) {
    F picture;
    picture.distance(picture.code(0x1081, {0x48, 0x8d, 0x05}), to);
    const ByteVector file = picture.write();
    const Image image = cantFail(readImage(file));
    EXPECT_EQ(
        References(image, machineCodeOf(*findTarget(image.machine, image.is64)))
            .findTable(image.relocationTable)
            .value_or(""),
        said);
  }
}

TYPED_TEST(ReferencesTest, KnowsTheKindsOfNotes) {
  using F = Forms<TypeParam>;
  F picture;
  const auto &note = picture.other(PT_NOTE);
  const auto movable = [&] {
    const ByteVector file = picture.write();
    return areMovableNotes(cantFail(readImage(file)),
                           {note.address, note.size});
  };
  EXPECT_TRUE(movable());
  picture.put32(note.address + 8, 9);
  EXPECT_FALSE(movable());
  picture.put32(note.address + 8, 0xcafe1a7e);
  EXPECT_FALSE(movable());
  picture.put(note.address + 12, "FDO");
  EXPECT_TRUE(movable());
}
