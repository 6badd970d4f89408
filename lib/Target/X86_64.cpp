//===- X86_64.cpp ---------------------------------------------------------===//
//
// A virtual call may carry arguments in any register but %r11, and %r10 may be
// the static chain (x86-64 psABI 3.2.3), so a stub is one jump that touches
// none. GOTPCRELX lets a linker that knows the function's address turn the
// relay into a direct jump.
//
//===----------------------------------------------------------------------===//

#include "ELF/Fields.h"
#include "Target/PltTails.h"
#include "Target/Target.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::support::endian;

namespace objprelink {

// clang-format off
static constexpr uint8_t kRelay[] = {
    0xff, 0x25, 0, 0, 0, 0,       // jmp *f@GOTPCREL(%rip)
};
static constexpr uint8_t kRelayIbt[] = {
    0xf3, 0x0f, 0x1e, 0xfa,       // endbr64
    0xff, 0x25, 0, 0, 0, 0,       // jmp *f@GOTPCREL(%rip)
};
static constexpr uint8_t kLazy[] = {
    0xe9, 0, 0, 0, 0,             // jmp f@PLT
};
static constexpr uint8_t kLazyIbt[] = {
    0xf3, 0x0f, 0x1e, 0xfa,       // endbr64
    0xe9, 0, 0, 0, 0,             // jmp f@PLT
};
// clang-format on
static_assert(sizeof(kRelay) == 6 && sizeof(kRelayIbt) == 10);
static_assert(sizeof(kLazy) == 5 && sizeof(kLazyIbt) == 9);

// The displacement is counted from the end of the instruction, which is the
// end of the field.
static constexpr StubRelocation kRelayRelocations[] = {
    {2, R_X86_64_GOTPCRELX, StubSymbol::Function, -4}};
static constexpr StubRelocation kRelayIbtRelocations[] = {
    {6, R_X86_64_GOTPCRELX, StubSymbol::Function, -4}};
static constexpr StubRelocation kLazyRelocations[] = {
    {1, R_X86_64_PLT32, StubSymbol::Function, -4}};
static constexpr StubRelocation kLazyIbtRelocations[] = {
    {5, R_X86_64_PLT32, StubSymbol::Function, -4}};

static constexpr uint32_t kGotLoads[] = {R_X86_64_GOTPCREL, R_X86_64_GOTPCRELX,
                                         R_X86_64_REX_GOTPCRELX};
static constexpr uint32_t kTls[] = {R_X86_64_DTPMOD64, R_X86_64_DTPOFF64,
                                    R_X86_64_TPOFF64, R_X86_64_TLSDESC};

// clang-format off
/// What the relocator does where the image is elsewhere: %rax is the distance
/// from the preferred address, %rdx and %rsi are the table and its end. Entries
/// are those of DT_RELR (ELF/Relr.h).
static constexpr uint8_t kApplyTable[] = {
    0x48, 0x8b, 0x0a,                         // next: mov (%rdx), %rcx
    0x48, 0x83, 0xc2, 0x08,                   // add $8, %rdx
    0x48, 0xd1, 0xe9,                         // shr %rcx
    0x72, 0x0d,                               // jc bitmap
    0x48, 0x8d, 0x3c, 0x48,                   // lea (%rax,%rcx,2), %rdi
    0x48, 0x01, 0x07,                         // add %rax, (%rdi)
    0x48, 0x83, 0xc7, 0x08,                   // add $8, %rdi
    0xeb, 0x1a,                               // jmp more
    0x4c, 0x0f, 0xbc, 0xc9,                   // bitmap: bsf %rcx, %r9
    0x74, 0x0d,                               // jz done
    0x4a, 0x01, 0x04, 0xcf,                   // add %rax, (%rdi,%r9,8)
    0x4c, 0x8d, 0x41, 0xff,                   // lea -1(%rcx), %r8
    0x4c, 0x21, 0xc1,                         // and %r8, %rcx
    0xeb, 0xed,                               // jmp bitmap
    0x48, 0x81, 0xc7, 0xf8, 0x01, 0x00, 0x00, // done: add $504, %rdi
    0x48, 0x39, 0xf2,                         // more: cmp %rsi, %rdx
    0x72, 0xc8,                               // jb next
};
// clang-format on
static_assert(sizeof(kApplyTable) == 56);
/// Of the two leas in front.
static constexpr uint8_t kTableLoads = 14;

static constexpr uint8_t kEndbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
static constexpr uint8_t kInt3 = 0xcc;
static constexpr uint64_t kLargestImmediate = 4;

static void append(ImageCode &code, ArrayRef<uint8_t> bytes) {
  code.bytes.append(bytes.begin(), bytes.end());
}

/// Appends the distance from its own end to \p target.
static void appendDistance(ImageCode &code, uint64_t target) {
  uint8_t field[4];
  write32le(field, target - (code.end() + 4));
  append(code, field);
}

static void align(ImageCode &code, uint64_t alignment) {
  code.bytes.append(offsetToAlignment(code.end(), Align(alignment)), kInt3);
}

static void appendPad(ImageCode &code, const EntryStyle &style) {
  if (style.protection.landingPads)
    append(code, kEndbr64);
}

/// What follows the jump of an entry.
namespace {
/// Finds the tails of entries, most of which have one header.
class TailFinder {
public:
  explicit TailFinder(const Image &image) : image(image) {}
  std::optional<FoundTail> find(uint64_t address);

private:
  const Image &image;
  uint64_t headerAddress = 0;
  std::optional<PltHeader> header;
};
} // namespace

std::optional<FoundTail> TailFinder::find(uint64_t address) {
  const std::optional<PltTail> tail = readPltTail(image, address, kEndbr64);
  if (!tail)
    return std::nullopt;
  if (!header || headerAddress != tail->header) {
    headerAddress = tail->header;
    header = readPltHeader(image, headerAddress, kEndbr64);
  }
  if (!header)
    return std::nullopt;
  const auto wordOf = [](const CodeOperand &operand) {
    return operand.end + int32_t(operand.value);
  };
  const uint64_t second = wordOf(header->pushed), got = second - 8;
  if (wordOf(header->jumped) != second + 8)
    return std::nullopt;
  const bool hasLandingPad =
      image.contentsAt(address, sizeof(kEndbr64)) == ArrayRef(kEndbr64);
  return FoundTail{address, hasLandingPad, tail->pushed, got};
}

static void addEntries(const Image &image, const AddressRange &place,
                       std::vector<FoundEntry> &out) {
  TailFinder tails(image);
  const Bytes contents = image.contentsAt(place.address, place.size);
  for (size_t at = 0; at + 6 <= contents.size(); ++at) {
    if (contents[at] != 0xff || contents[at + 1] != 0x25)
      continue;
    FoundEntry entry;
    entry.field = place.address + at + 2;
    entry.fieldBase = place.address + at + 6;
    entry.word = entry.fieldBase + int32_t(read32le(&contents[at + 2]));
    size_t begin = at;
    if (begin && contents[begin - 1] == 0xf2) // bnd
      --begin;
    entry.hasLandingPad =
        begin >= 4 && contents.slice(begin - 4, 4) == ArrayRef(kEndbr64);
    entry.address = place.address + (entry.hasLandingPad ? begin - 4 : begin);
    entry.tail = tails.find(entry.end());
    // With landing pads it is in a section of its own.
    if (const std::optional<uint64_t> word = image.word(entry.word);
        word && !entry.tail)
      entry.tail = tails.find(*word);
    out.push_back(entry);
    at += 5;
  }
}

namespace {
class X86_64 final : public Target {
public:
  X86_64() {
    machine = EM_X86_64;
    is64 = true;
    wordSize = 8;
    absoluteWord = R_X86_64_64;
    globDat = R_X86_64_GLOB_DAT;
    jumpSlot = R_X86_64_JUMP_SLOT;
    relative = R_X86_64_RELATIVE;
    indirectRelative = R_X86_64_IRELATIVE;
    copy = R_X86_64_COPY;
    tlsRelocations = kTls;
    gotLoads = kGotLoads;
    call = R_X86_64_PLT32;
    none = R_X86_64_NONE;
    pcRelative32 = R_X86_64_PC32;
    preferredBegin = 0x3000000000;
    preferredEnd = 0x5000000000;
    lazyStubs = true;
    hasPltEntryForm = true;
    ehFrameType = SHT_X86_64_UNWIND;
    thunkName = "__x86_indirect_thunk_rsp";
    trap = kInt3;
    stackPointer = 7;
    returnAddress = 16;
    name = "x86-64";
    emulation = "elf_x86_64";
    interpreter = "/lib64/ld-linux-x86-64.so.2";
    muslArch = "x86_64";
    multiarch = "x86_64-linux-gnu";
    libFolder = "lib64";
    platform = "x86_64";
    cacheFlags = 0x303;
  }

  Stub stub(const Config &config,
            const ControlFlowProtection &protection) const override {
    const bool pad = protection.landingPads;
    if (config.mode == Mode::Relay)
      return pad ? Stub{".relay", kRelayIbt, kRelayIbtRelocations, {}}
                 : Stub{".relay", kRelay, kRelayRelocations, {}};
    return pad ? Stub{".lazy", kLazyIbt, kLazyIbtRelocations, {}}
               : Stub{".lazy", kLazy, kLazyRelocations, {}};
  }

  uint64_t appendJump(ImageCode &code, uint64_t word,
                      const EntryStyle &style) const override {
    // The distance between entries of PLTs that are not lazy: GNU BFD finds
    // them by it.
    align(code, style.protection.landingPads ? 16 : 8);
    const uint64_t begin = code.end();
    appendPad(code, style);
    append(code, {0xff, 0x25}); // jmp *word(%rip)
    appendDistance(code, word);
    return begin;
  }

  void appendLazyTail(ImageCode &code, uint32_t index, uint64_t header,
                      const EntryStyle &style) const override {
    appendPad(code, style);
    code.bytes.push_back(0x68); // push $index
    uint8_t field[4];
    write32le(field, index);
    append(code, field);
    code.bytes.push_back(0xe9); // jmp header
    appendDistance(code, header);
  }

  uint64_t appendLazyHeader(ImageCode &code, uint64_t got,
                            const EntryStyle &) const override {
    align(code, 16);
    const uint64_t begin = code.end();
    append(code, {0xff, 0x35}); // push got+8(%rip)
    appendDistance(code, got + 8);
    append(code, {0xff, 0x25}); // jmp *got+16(%rip)
    appendDistance(code, got + 16);
    return begin;
  }

  void appendRelocator(ImageCode &code, const RelocatorAddresses &at,
                       const EntryStyle &style) const override {
    appendPad(code, style);
    append(code, {0x48, 0x8d, 0x05}); // lea image(%rip), %rax
    appendDistance(code, at.image);
    append(code, {0x48, 0xb9}); // movabs $preferred, %rcx
    uint8_t preferred[8];
    write64le(preferred, at.preferred);
    append(code, preferred);
    append(code, {0x48, 0x29, 0xc8});                        // sub %rcx, %rax
    append(code, {0x74, kTableLoads + sizeof(kApplyTable)}); // je end
    append(code, {0x48, 0x8d, 0x15}); // lea table(%rip), %rdx
    appendDistance(code, at.table.address);
    append(code, {0x48, 0x8d, 0x35}); // lea tableEnd(%rip), %rsi
    appendDistance(code, at.table.end());
    append(code, kApplyTable);
    append(code, {0x48, 0x8d, 0x05}); // end: lea value(%rip), %rax
    appendDistance(code, at.value);
    append(code, {0xc3}); // ret
  }

  std::vector<FoundEntry>
  findEntries(const Image &image,
              ArrayRef<AddressRange> places) const override {
    std::vector<FoundEntry> out;
    for (const AddressRange &place : places)
      addEntries(image, place, out);
    return out;
  }

  // Code has one in a register in the large model only, and then it is that of
  // DT_PLTGOT.
  void findGots(Bytes, uint64_t, SmallVectorImpl<uint64_t> &) const override {}

  void findReferences(
      Bytes code, uint64_t address, const AddressRange &range,
      ArrayRef<uint64_t> gots,
      function_ref<void(uint64_t to, uint64_t place)> show) const override {
    // Intel SDM vol. 2, 2.2.1.6: mod 0 and rm 5, then the distance from the
    // end of the instruction, where an immediate may come first.
    constexpr uint64_t field = 4, most = field + kLargestImmediate;
    const AddressRange from = {range.address - std::min(range.address, most),
                               range.size + most};
    forEachDistance(
        code, address, from, FieldsAt::Any, [&](size_t at, uint64_t start) {
          if (!at || (code[at - 1] & 0xc7) != 5)
            return;
          const uint64_t to = start + field;
          if (to + kLargestImmediate >= range.address && to <= range.end())
            show(to, address + at);
        });
    // movabs $x@GOTOFF, %reg (psABI, large code model), of a lower address.
    forEachMinusOne(code, [&](size_t high) {
      if (high < 6 || (code[high - 6] & 0xfe) != 0x48 ||
          (code[high - 5] & 0xf8) != 0xb8)
        return;
      for (uint64_t got : gots)
        if (const uint64_t to = got + read64le(&code[high - 4]);
            to >= range.address && to <= range.end())
          show(to, address + high - 4);
    });
  }
};
} // namespace

const Target &getX86_64Target() {
  static const X86_64 target;
  return target;
}

} // namespace objprelink
