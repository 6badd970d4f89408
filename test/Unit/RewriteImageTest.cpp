#include "ImageRewriter/RewriteImage.h"
#include "ELF/ImageReader.h"
#include "ELF/Properties.h"
#include "ImageVerifier/VerifyImage.h"
#include "Support/Copies.h"
#include "Support/Diagnostics.h"
#include "WithVTable.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

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

// Nothing of an image moves that something may refer to.
TYPED_TEST(RewriteImage, RefusesWhatHasNoRoom) {
  using W = WithVTable<TypeParam>;
  Config config;
  REFUSES((p.symbol(W::defined).st_value = p.other(PT_INTERP).address,
           p.other(PT_NOTE).alignment = 8),
          formatv("no room for 1 more program headers: symbol 'h' may "
                  "refer to what is at {0:x}",
                  W().other(PT_INTERP).address));
  REFUSES((p.symbol(W::defined).st_value = p.other(PT_INTERP).address,
           p.symbol(W::defined).setBindingAndType(STB_GLOBAL, STT_TLS),
           p.other(PT_NOTE).alignment = 8),
          "");
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
  // These are given up, and nothing is known of what they claim.
  REFUSES(repeat(p, PT_GNU_PROPERTY), "");
  W image;
  repeat(image, PT_GNU_PROPERTY);
  const ByteVector file = image.write();
  EXPECT_EQ(readProperties(cantFail(readImage(file))).damage,
            "the notes are larger than the file");
}

// hazard I11: other tools leave PT_GNU_PROPERTY behind. What it may have
// claimed is kept, and nothing else follows from it.
TYPED_TEST(RewriteImage, TakesStaleProperties) {
  using W = WithVTable<TypeParam>;
  W image;
  const uint64_t at = image.other(PT_GNU_PROPERTY).address;
  const auto protection = [](Bytes file) {
    return readProperties(cantFail(readImage(file)));
  };
  ByteVector file = image.write();
  EXPECT_EQ(protection(file).damage, "");
  EXPECT_FALSE(protection(file).protection.landingPads);
  std::fill_n(&file[at], 8, 'Z');
  EXPECT_TRUE(StringRef(protection(file).damage)
                  .starts_with("the notes of PT_GNU_PROPERTY at "));
  EXPECT_TRUE(protection(file).protection.landingPads);
  EXPECT_TRUE(protection(file).protection.shadowStack);
  Config config;
  for (Mode mode : {Mode::Relay, Mode::Lazy}) {
    config.mode = mode;
    EXPECT_EQ(failure(file, config), "");
  }
}

// hazard L16
// -z mark-plt of GNU ld describes a PLT that new entries are not in.
TEST(RewriteMarkedPlt, DropsTheTagsWhereEntriesAreNew) {
  WithVTable<object::ELF64LE> image;
  image.withoutPltOfF();
  const int64_t tags[] = {DT_LOPROC, DT_LOPROC + 1, DT_LOPROC + 3};
  for (int64_t tag : tags)
    image.dynamic.push_back({tag, 0x1020});
  const ByteVector file = image.write();
  for (Mode mode : {Mode::Relay, Mode::Lazy}) {
    Config config;
    config.mode = mode;
    EXPECT_EQ(failure(file, config), "");
    Diagnostics diagnostics;
    RewrittenImage made = cantFail(rewriteImage(file, config, diagnostics));
    const ByteVector now = made.contents->flatten();
    const Image after = cantFail(readImage(now));
    EXPECT_EQ(after.dynamicValue(DT_LOPROC).has_value(), mode == Mode::Relay);
    EXPECT_EQ(after.dynamicValue(DT_LOPROC + 3).has_value(),
              mode == Mode::Relay);
  }
}
