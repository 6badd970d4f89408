//===- ImageEditTest.cpp - the engine, without a pass ---------------------===//
//
// What a pass adds to an image it adds by these values alone: a part that no
// pass of ours knows is placed, filled, described and referred to.
//
//===----------------------------------------------------------------------===//

#include "ELF/ImageReader.h"
#include "ImageEdit/AddedName.h"
#include "ImageEdit/RelocationTables.h"
#include "ImageEdit/Room.h"
#include "ImageRewriter/TargetMachine.h"
#include "WithVTable.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

template <class ELFT> class ImageEdits : public testing::Test {
protected:
  ByteVector file = WithVTable<ELFT>().write();
  Image image = cantFail(readImage(file));
  const Target &target = *findTarget(image.machine, image.is64);
  References references = {image, machineCodeOf(target)};
  ImageEdit edit{image};
  ByteVector result;

  const Addition &addWords() {
    Addition words;
    words.name = ".words";
    words.size = 2 * image.wordSize();
    words.alignment = image.wordSize();
    words.access = PF_R | PF_W;
    return edit.add(std::move(words));
  }
  Image finish() {
    cantFail(edit.layout());
    cantFail(edit.finish());
    result = edit.extents().flatten();
    return cantFail(readImage(result));
  }
};
using EditedClasses = testing::Types<object::ELF64LE, object::ELF32LE>;
TYPED_TEST_SUITE(ImageEdits, EditedClasses);

TYPED_TEST(ImageEdits, PlaceAndDescribeAnAddition) {
  const Addition &words = this->addWords();
  cantFail(makeRoom(this->edit, this->references, {}));
  const uint64_t second = words.address + this->image.wordSize();
  this->edit.writeWord(second, 0x1234);
  this->edit.describe(words);
  const Image after = this->finish();
  EXPECT_EQ(after.word(second), 0x1234u);
  const auto section = find_if(after.sections, [&](const Section &candidate) {
    return after.name(candidate) == ".words";
  });
  ASSERT_NE(section, after.sections.end());
  EXPECT_EQ(section->address, words.address);
  EXPECT_EQ(section->flags, uint64_t(SHF_ALLOC | SHF_WRITE));
}

// A relocation may be of a place that has no address yet.
TYPED_TEST(ImageEdits, RelocateAnAddition) {
  const Addition &words = this->addWords();
  ImageRelocations relocations = relocationsOf(this->image);
  relocations.main.push_back(
      {{&words, this->image.wordSize()}, this->target.globDat, 1, {}});
  relocations.words.push_back({{&words, 0}, {&words, 1}});
  const RelativeTypes types = {this->target.relative,
                               this->target.indirectRelative};
  RelocationTables tables(this->edit, relocations, types,
                          /*leavesShadows=*/false);
  cantFail(tables.measure());
  cantFail(makeRoom(this->edit, this->references, {}));
  tables.write();
  tables.setMainTags();
  const Image after = this->finish();
  EXPECT_EQ(after.word(words.address), words.address + 1);
  ASSERT_EQ(after.relocations.size(), this->image.relocations.size() + 1);
  EXPECT_EQ(after.relocations.back().offset,
            words.address + this->image.wordSize());
}

TYPED_TEST(ImageEdits, AddANameBehindTheStrings) {
  AddedName name(this->edit, this->references, "a new name");
  cantFail(makeRoom(this->edit, this->references, {}));
  name.write();
  const Image after = this->finish();
  EXPECT_EQ(after.string(AddedName::offsetIn(this->image)), "a new name");
  EXPECT_EQ(after.string(this->image.symbols[1].nameOffset),
            this->image.name(this->image.symbols[1]));
}
