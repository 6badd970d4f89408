// Images that ask for an address: what is written, what of it the verifier
// proves, and what is refused. hazard P20 P22

#include "ELF/ImageReader.h"
#include "ImageRewriter/RewriteImage.h"
#include "ImageVerifier/VerifyImage.h"
#include "Support/Copies.h"
#include "Support/Diagnostics.h"
#include "WithVTable.h"
#include "llvm/Support/Endian.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;
using support::endian::read32le;
using support::endian::read64le;

template <class ELFT> class Prerelocate : public testing::Test {
public:
  using W = WithVTable<ELFT>;
  static constexpr uint64_t kBase = W::kIs64 ? 0x3000200000 : 0x41200000;

  static Config config() {
    Config out;
    out.prerelocate = true;
    out.preferredBase = kBase;
    out.undoRecord = false;
    return out;
  }
  static Expected<ByteVector> rewrite(Bytes file, const Config &config) {
    Diagnostics diagnostics;
    Expected<RewrittenImage> image = rewriteImage(file, config, diagnostics);
    if (!image)
      return image.takeError();
    if (!image->contents)
      return createStringError("left alone: " + image->summary.reason);
    return image->contents->flatten();
  }
  /// Without a look at the hash.
  static std::string verify(Bytes before, Bytes after) {
    const Image old = cantFail(readImage(before));
    return toString(verifyImage(old, after, Copies(), {NoteHash::Trusted}));
  }
  /// What happens to an image that \p change was made to.
  template <class Change>
  static std::string result(Change change, const Config &config) {
    W image;
    change(image);
    const ByteVector file = image.write();
    Expected<ByteVector> now = rewrite(file, config);
    return now ? verify(file, *now) : toString(now.takeError());
  }
};
using Classes = testing::Types<object::ELF64LE, object::ELF32LE>;
TYPED_TEST_SUITE(Prerelocate, Classes);

static constexpr char kRefused[] =
    "relative relocations cannot be applied in the file: ";

TYPED_TEST(Prerelocate, AllModesAreVerified) {
  for (bool pads : {false, true})
    for (bool bindNow : {false, true})
      for (bool sections : {false, true})
        for (Mode mode : {Mode::Relay, Mode::Lazy})
          for (bool override : {false, true}) {
            OldOptions options = {pads, bindNow, sections, true};
            const ByteVector file = WithVTable<TypeParam>(options).write();
            Config config = this->config();
            config.mode = mode;
            config.overrideBindNow = config.lazyAll =
                override && mode == Mode::Lazy;
            Expected<ByteVector> now = this->rewrite(file, config);
            ASSERT_TRUE(bool(now)) << toString(now.takeError());
            EXPECT_EQ(this->verify(file, *now), "");
            const Image image = cantFail(readImage(*now));
            EXPECT_EQ(image.segments[image.loadable.front()].address,
                      this->kBase);
            EXPECT_FALSE(image.hasTextRelocations());
          }
}

// A table of the image's own is packed already; without one, ld.so would write
// to the words of DT_RELR.
TYPED_TEST(Prerelocate, PacksNothingElse) {
  using P = Prerelocate<TypeParam>;
  Config config = P::config();
  config.packRelativeRelocs = true;
  const std::string is = P::result([](auto &) {}, config);
  EXPECT_EQ(is, P::W::kIs64
                    ? ""
                    : "relative relocations cannot be applied in the file: "
                      "ld.so writes to all words of DT_RELR, also where it "
                      "adds 0");
}

/// Each address that was shifted is one that is missed if it is not.
TYPED_TEST(Prerelocate, EachAddressIsCompared) {
  using P = Prerelocate<TypeParam>;
  constexpr unsigned size = P::W::kWord;
  for (Mode mode : {Mode::Relay, Mode::Lazy}) {
    const ByteVector old = typename P::W().write();
    Config config = P::config();
    config.mode = mode;
    ByteVector now = cantFail(P::rewrite(old, config));
    const Image image = cantFail(readImage(now));
    const uint64_t end = image.segments[image.loadable.back()].addressEnd();
    unsigned count = 0;
    for (size_t at = 0; at + size <= now.size(); at += 4) {
      const uint64_t word = size == 8 ? read64le(&now[at]) : read32le(&now[at]);
      // No loader looks at p_paddr.
      const uint64_t inTable = at - image.segmentTableOffset;
      if (word < P::kBase || word > end ||
          (inTable < image.programHeadersSize() &&
           inTable % P::W::kProgramHeader == 3 * size))
        continue;
      ++count;
      ByteVector other = now;
      // One less, so that it may not be an address at all.
      for (uint64_t less : {P::kBase, uint64_t(0x1000)}) {
        const uint64_t wrong = word - less;
        std::copy_n(reinterpret_cast<const uint8_t *>(&wrong), size,
                    &other[at]);
        EXPECT_NE(P::verify(old, other), "")
            << "offset " << at << ", word " << word;
      }
    }
    EXPECT_GT(count, 40u);
  }
}

static AddressRange sectionOf(const Image &image, StringRef name) {
  for (const Section &section : image.sections)
    if (image.name(section) == name)
      return {section.offset, section.size};
  return {};
}

/// Whatever bit of the code, or of its table, is another, it is seen.
TEST(PrerelocateCode, EachBitIsCompared) {
  using P = Prerelocate<object::ELF64LE>;
  for (bool pads : {false, true}) {
    OldOptions options;
    options.pads = pads;
    const ByteVector old = P::W(options).write();
    ByteVector now = cantFail(P::rewrite(old, P::config()));
    const Image image = cantFail(readImage(now));
    for (StringRef name : {".text.objprelink", ".relr.objprelink"}) {
      const AddressRange range = sectionOf(image, name);
      ASSERT_GT(range.size, 0u);
      for (uint64_t at = range.address; at < range.end(); ++at)
        for (unsigned bit = 0; bit < 8; ++bit) {
          ByteVector other = now;
          other[at] ^= 1 << bit;
          EXPECT_NE(P::verify(old, other), "")
              << name.str() << "+" << at - range.address << " bit " << bit;
        }
    }
  }
}

TEST(PrerelocateCode, HasNoRelocationsLeft) {
  using P = Prerelocate<object::ELF64LE>;
  const ByteVector old = P::W().write();
  const ByteVector now = cantFail(P::rewrite(old, P::config()));
  const Image image = cantFail(readImage(now));
  ASSERT_FALSE(image.relocations.empty());
  EXPECT_EQ(image.relocations.front().type, uint32_t(R_X86_64_IRELATIVE));
  for (const Relocation &relocation : image.relocations)
    EXPECT_NE(relocation.type, uint32_t(R_X86_64_RELATIVE));
  EXPECT_FALSE(image.dynamicValue(DT_RELACOUNT));
}

// What DT_RELR had is in the table of the image's own.
TEST(PrerelocateCode, TakesRelr) {
  using P = Prerelocate<object::ELF64LE>;
  P::W image;
  const uint64_t place = P::W::kRelatives + 0x20;
  image.relr = {place, place + 8, place + 24};
  for (uint64_t at : image.relr)
    image.putWord(at, 0x1004);
  const ByteVector old = image.write();
  const ByteVector now = cantFail(P::rewrite(old, P::config()));
  EXPECT_EQ(P::verify(old, now), "");
  const Image is = cantFail(readImage(now));
  EXPECT_FALSE(is.dynamicValue(DT_RELR));
  EXPECT_EQ(is.word(P::kBase + place + 8), P::kBase + 0x1004);
}

TYPED_TEST(Prerelocate, RefusesWhatWouldNotFollow) {
  using P = Prerelocate<TypeParam>;
  using W = typename P::W;
  const auto refuses = [](auto change, const std::string &why) {
    EXPECT_EQ(P::result(change, P::config()), kRefused + why);
  };
  refuses([](W &p) { p.dyn(DT_TEXTREL) = 0; },
          "text relocations are not applied in the file");
  refuses([](W &p) { p.dyn(DT_FLAGS_1) = DF_1_PIE; },
          "a program is not at the address that it asks for: the kernel "
          "chooses one");
  refuses([](W &p) { p.removeDyn(DT_SONAME); },
          "a program is not at the address that it asks for: the kernel "
          "chooses one");
  refuses([](W &p) { p.put(0x660 + 18, StringRef("libc.so\0\0", 9)); },
          "libc.so is needed, and musl's loader relocates everything at any "
          "address");
  refuses([](W &p) { p.put(0x660 + 18, StringRef("libx.so.6", 9)); },
          "libc.so.6 is not needed, so nothing says that glibc loads the "
          "image");
  refuses([](W &p) { p.dyn(0x6ffffdf5) = 1; }, "prelink has changed the image");
  refuses([](W &p) { p.dyn(0x70000000) = 0x1000; },
          "dynamic tag 0x70000000 0x1000: it is not known whether that is an "
          "address");
  refuses([](W &p) { p.symbol(W::f).st_value = 0x1000; },
          "symbol 'f' is undefined and has the value 0x1000");
  refuses([](W &p) { p.section(".comment").name = ".debug_info"; },
          "section 11 (.debug_info): debug information in the image would not "
          "follow it to another address: split it off first, or link the image "
          "with --image-base");
  refuses(
      [](W &p) { p.relocation(W::slot(0)).symbol = 0; },
      formatv("address {0:x}: a relocation of type 1 has no symbol", W::slot(0))
          .str());
}

TYPED_TEST(Prerelocate, RefusesAddresses) {
  using P = Prerelocate<TypeParam>;
  const auto refuses = [](uint64_t address, StringRef why) {
    Config config = P::config();
    config.preferredBase = address;
    const std::string is = P::result([](auto &) {}, config);
    EXPECT_NE(is.find(why), std::string::npos) << is;
  };
  refuses(P::kBase + 0x800, "is no multiple of 0x1000");
  refuses(0x1000, "are not in user space");
  refuses(P::W::kIs64 ? 0x7fffffffe000 : 0xbffff000, "are not in user space");
}

/// What is at \p address of the image in \p file.
static uint8_t *at(ByteVector &file, uint64_t address) {
  const Image image = cantFail(readImage(file));
  return file.data() + (image.contentsAt(address, 1).data() - file.data());
}

// The verifier does not rely on what the plan has refused.
TEST(PrerelocateCode, EarlyCodeIsNotBelieved) {
  using P = Prerelocate<object::ELF64LE>;
  ByteVector old = P::W().write();
  ByteVector now = cantFail(P::rewrite(old, P::config()));
  for (ByteVector *file : {&old, &now}) {
    const uint64_t table = cantFail(readImage(*file)).symbolTable.address;
    auto *symbol = reinterpret_cast<P::W::Sym *>(at(*file, table));
    symbol[P::W::defined].setBindingAndType(STB_GLOBAL, STT_GNU_IFUNC);
  }
  EXPECT_EQ(P::verify(old, now),
            "symbol 'h' may run code before the image is relocated");
}

TEST(PrerelocateSkipped, AllAreCounted) {
  using P = Prerelocate<object::ELF32LE>;
  const ByteVector old = P::W().write();
  ByteVector now = cantFail(P::rewrite(old, P::config()));
  const Image image = cantFail(readImage(now));
  const uint64_t count = *image.dynamicValue(DT_RELCOUNT);
  auto *entry = reinterpret_cast<object::ELF32LE::Dyn *>(
      at(now, image.dynamicRange.address));
  while (entry->getTag() != DT_RELCOUNT)
    ++entry;
  entry->d_un.d_val = count - 1;
  EXPECT_EQ(P::verify(old, now),
            formatv("DT_RELCOUNT is {0}, but {1} relocations are RELATIVE",
                    count - 1, count)
                .str());
}

/// Thread-local variables are where their alignment and their addresses say.
TYPED_TEST(Prerelocate, KeepsAlignment) {
  using P = Prerelocate<TypeParam>;
  Config config = P::config();
  config.preferredBase = P::kBase + 0x1000;
  const auto align = [](auto &image) {
    image.other(PT_TLS).alignment = 0x10000;
  };
  EXPECT_NE(P::result(align, config)
                .find("is no multiple of 0x10000, the largest alignment"),
            std::string::npos);
  typename P::W image;
  ByteVector old = image.write();
  ByteVector now = cantFail(P::rewrite(old, config));
  for (ByteVector *file : {&old, &now}) {
    auto *header =
        reinterpret_cast<typename TypeParam::Phdr *>(&(*file)[P::W::kHeader]);
    while (header->p_type != PT_TLS)
      ++header;
    header->p_align = 0x10000;
  }
  EXPECT_NE(P::verify(old, now).find("no multiple of the alignment 0x10000"),
            std::string::npos);
}

TEST(PrerelocateCode, RefusesCodeThatRunsBefore) {
  using P = Prerelocate<object::ELF64LE>;
  EXPECT_EQ(P::result(
                [](auto &p) {
                  p.symbol(P::W::defined)
                      .setBindingAndType(STB_GLOBAL, STT_GNU_IFUNC);
                },
                P::config()),
            std::string(kRefused) +
                "symbol 'h': its function is chosen by code that may run "
                "before the image is relocated");
}

// ld.so skips no others than those that it can count.
TEST(PrerelocateSkipped, RefusesWhatIsNotSkipped) {
  using P = Prerelocate<object::ELF32LE>;
  EXPECT_EQ(P::result([](auto &p) { p.removeDyn(DT_RELCOUNT); }, P::config()),
            std::string(kRefused) +
                "there is no DT_RELCOUNT, without which ld.so writes to all "
                "words, also where it adds 0");
  EXPECT_EQ(P::result([](auto &p) { p.relr = {P::W::kRelatives + 0x20}; },
                      P::config()),
            std::string(kRefused) +
                "ld.so writes to all words of DT_RELR, also where it adds 0");
}

// The same image is at the same address each time; another name, build or seed
// is elsewhere, and nothing leaves the range.
TYPED_TEST(Prerelocate, ChoosesAnAddress) {
  using P = Prerelocate<TypeParam>;
  const auto baseOf = [](uint64_t seed, uint64_t alignment) {
    typename P::W image;
    image.loads[0].alignment = alignment;
    Config config = P::config();
    config.preferredBase.reset();
    config.baseSeed = seed;
    const ByteVector now = cantFail(P::rewrite(image.write(), config));
    const Image is = cantFail(readImage(now));
    return is.segments[is.loadable.front()].address;
  };
  const Machine &machine = typename P::W().target();
  std::vector<uint64_t> seen;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const uint64_t base = baseOf(seed, 0x1000);
    EXPECT_EQ(base, baseOf(seed, 0x1000));
    EXPECT_EQ(base % 0x10000, 0u);
    EXPECT_GE(base, machine.preferredBegin);
    EXPECT_LT(base + 0x10000, machine.preferredEnd);
    EXPECT_FALSE(is_contained(seen, base));
    seen.push_back(base);
  }
  EXPECT_EQ(baseOf(0, 0x400000) % 0x400000, 0u);
}
