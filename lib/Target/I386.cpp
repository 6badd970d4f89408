//===- I386.cpp -----------------------------------------------------------===//
//
// A virtual caller does not set %ebx, i386 has no address relative to the
// program counter, and an absolute address would be a text relocation. So a
// stub of an object finds the GOT by itself, in both modes; binding at the
// first call is the work of the image pass.
//
// The price is a register. %eax, %edx and %ecx carry the arguments of
// regparm(3) functions and %ecx, %edx those of fastcall ones (GCC manual, "x86
// Function Attributes"), so by default the stub keeps them all: it stores the
// target above the saved %eax and returns to it. Its call is not to the next
// instruction, which processors leave out of the return stack: call and ret
// match there, and no outer return is mispredicted.
//
// A shadow stack forbids that return, so objects that ask for one get the other
// stub, which --i386-scratch=eax gives to all: it is faster, and it is wrong
// for regparm functions. It jumps through %eax, and its call is one to the next
// instruction, which pushes nothing on a shadow stack (Intel SDM, CALL).
// glibc's own 2.26-2.38 trampoline for i386 with SHSTK gave up %ecx in the same
// way; thiscall and fastcall want that one.
//
// GOT32X lets a linker that knows the function's address turn the jump through
// the GOT word into a direct one, and the load of the word into one of the
// address.
//
//===----------------------------------------------------------------------===//

#include "ELF/Fields.h"
#include "Target/PltTails.h"
#include "Target/Target.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::dwarf;
using namespace llvm::support::endian;

namespace objprelink {

// clang-format off
#define OBJPRELINK_KEEP_ALL                                                    \
    0x50,                         /*    push %eax       room for the target */ \
    0x50,                         /*    push %eax                           */ \
    0xe8, 1, 0, 0, 0,             /*    call 2f                             */ \
    0xcc,                         /* 1: int3            never reached       */ \
    0x58,                         /* 2: pop %eax        = 1b                */ \
    0x05, 3, 0, 0, 0,             /*    add $_GLOBAL_OFFSET_TABLE_+(.-1b)   */ \
    0x8b, 0x80, 0, 0, 0, 0,       /*    mov f@GOT(%eax), %eax               */ \
    0x89, 0x44, 0x24, 0x04,       /*    mov %eax, 4(%esp)                   */ \
    0x58,                         /*    pop %eax                            */ \
    0xc3,                         /*    ret             to f                */
#define OBJPRELINK_THROUGH_EAX                                                 \
    0xe8, 0, 0, 0, 0,             /*    call 1f                             */ \
    0x58,                         /* 1: pop %eax        = 1b                */ \
    0x05, 2, 0, 0, 0,             /*    add $_GLOBAL_OFFSET_TABLE_+(.-1b)   */ \
    0xff, 0xa0, 0, 0, 0, 0,       /*    jmp *f@GOT(%eax)                    */
#define OBJPRELINK_ENDBR32                                                     \
    0xf3, 0x0f, 0x1e, 0xfb,       /*    endbr32                             */
// clang-format on

static constexpr uint8_t kKeepAll[] = {OBJPRELINK_KEEP_ALL};
static constexpr uint8_t kKeepAllIbt[] = {
    OBJPRELINK_ENDBR32 OBJPRELINK_KEEP_ALL};
static constexpr uint8_t kThroughEax[] = {OBJPRELINK_THROUGH_EAX};
static constexpr uint8_t kThroughEaxIbt[] = {
    OBJPRELINK_ENDBR32 OBJPRELINK_THROUGH_EAX};
static_assert(sizeof(kKeepAll) == 26 && sizeof(kKeepAllIbt) == 30);
static_assert(sizeof(kThroughEax) == 17 && sizeof(kThroughEaxIbt) == 21);

static constexpr StubRelocation kKeepAllRelocations[] = {
    {10, R_386_GOTPC, StubSymbol::GotBase, 3},
    {16, R_386_GOT32X, StubSymbol::Function, 0}};
static constexpr StubRelocation kKeepAllIbtRelocations[] = {
    {14, R_386_GOTPC, StubSymbol::GotBase, 3},
    {20, R_386_GOT32X, StubSymbol::Function, 0}};
static constexpr StubRelocation kThroughEaxRelocations[] = {
    {7, R_386_GOTPC, StubSymbol::GotBase, 2},
    {13, R_386_GOT32X, StubSymbol::Function, 0}};
static constexpr StubRelocation kThroughEaxIbtRelocations[] = {
    {11, R_386_GOTPC, StubSymbol::GotBase, 2},
    {17, R_386_GOT32X, StubSymbol::Function, 0}};

// The stack grows by a word at each push and at the call. The first advance
// is to the end of the first instruction that moves it.
#define OBJPRELINK_KEEP_ALL_FRAME(firstPush)                                   \
  DW_CFA_advance_loc | (firstPush), DW_CFA_def_cfa_offset, 8,                  \
      DW_CFA_advance_loc | 1, DW_CFA_def_cfa_offset, 12,                       \
      DW_CFA_advance_loc | 6, DW_CFA_def_cfa_offset, 16,                       \
      DW_CFA_advance_loc | 1, DW_CFA_def_cfa_offset, 12,                       \
      DW_CFA_advance_loc | 16, DW_CFA_def_cfa_offset, 8
#define OBJPRELINK_THROUGH_EAX_FRAME(call)                                     \
  DW_CFA_advance_loc | (call), DW_CFA_def_cfa_offset, 8,                       \
      DW_CFA_advance_loc | 1, DW_CFA_def_cfa_offset, 4
static constexpr uint8_t kKeepAllFrame[] = {OBJPRELINK_KEEP_ALL_FRAME(1)};
static constexpr uint8_t kKeepAllIbtFrame[] = {OBJPRELINK_KEEP_ALL_FRAME(5)};
static constexpr uint8_t kThroughEaxFrame[] = {OBJPRELINK_THROUGH_EAX_FRAME(5)};
static constexpr uint8_t kThroughEaxIbtFrame[] = {
    OBJPRELINK_THROUGH_EAX_FRAME(9)};

static constexpr uint32_t kGotLoads[] = {R_386_GOT32, R_386_GOT32X};
static constexpr uint32_t kTls[] = {R_386_TLS_TPOFF, R_386_TLS_DTPMOD32,
                                    R_386_TLS_DTPOFF32, R_386_TLS_TPOFF32,
                                    R_386_TLS_DESC};

static constexpr uint8_t kEndbr32[] = {0xf3, 0x0f, 0x1e, 0xfb};
static constexpr uint8_t kInt3 = 0xcc;

// In an image the code knows how far it is from its word: the GOT need not be
// looked for. Each field counts from the label 1.
// clang-format off
static constexpr uint8_t kJumpKeepAll[] = {
    0x50,                         //    push %eax       room for the target
    0x50,                         //    push %eax
    0xe8, 1, 0, 0, 0,             //    call 2f
    0xcc,                         // 1: int3            never reached
    0x58,                         // 2: pop %eax        = 1b
    0x8b, 0x80, 0, 0, 0, 0,       //    mov word-1b(%eax), %eax
    0x89, 0x44, 0x24, 0x04,       //    mov %eax, 4(%esp)
    0x58,                         //    pop %eax
    0xc3,                         //    ret             to f
};
static constexpr uint8_t kJumpThroughEax[] = {
    0xe8, 0, 0, 0, 0,             //    call 1f
    0x58,                         // 1: pop %eax        = 1b
    0xff, 0xa0, 0, 0, 0, 0,       //    jmp *word-1b(%eax)
};
// Entered with the relocation's offset pushed. Leaves the same below the link
// map, as the resolver wants it, and every register as it was.
static constexpr uint8_t kHeaderKeepAll[] = {
    0x50,                         //    push %eax       room for the link map
    0x50,                         //    push %eax       room for the resolver
    0x50,                         //    push %eax
    0xe8, 1, 0, 0, 0,             //    call 2f
    0xcc,                         // 1: int3            never reached
    0x58,                         // 2: pop %eax        = 1b
    0xff, 0xb0, 0, 0, 0, 0,       //    push got+4-1b(%eax)
    0x8f, 0x44, 0x24, 0x08,       //    pop 8(%esp)     counted after the pop
    0xff, 0xb0, 0, 0, 0, 0,       //    push got+8-1b(%eax)
    0x8f, 0x44, 0x24, 0x04,       //    pop 4(%esp)
    0x58,                         //    pop %eax
    0xc3,                         //    ret             to the resolver
};
// clang-format on
static_assert(sizeof(kJumpKeepAll) == 21 && sizeof(kJumpThroughEax) == 12);
static_assert(sizeof(kHeaderKeepAll) == 32);

static void append(ImageCode &code, ArrayRef<uint8_t> bytes) {
  code.bytes.append(bytes.begin(), bytes.end());
}

static void appendWord(ImageCode &code, uint32_t value) {
  uint8_t field[4];
  write32le(field, value);
  append(code, field);
}

/// Appends an address, which the loader must correct.
static void appendAbsolute(ImageCode &code, uint64_t target) {
  code.absolutePlaces.push_back(code.end());
  appendWord(code, target);
}

/// Appends the distance from its own end to \p target.
static void appendDistance(ImageCode &code, uint64_t target) {
  appendWord(code, target - (code.end() + 4));
}

static void align(ImageCode &code, uint64_t alignment) {
  code.bytes.append(offsetToAlignment(code.end(), Align(alignment)), kInt3);
}

static void appendPad(ImageCode &code, const EntryStyle &style) {
  if (style.protection.landingPads)
    append(code, kEndbr32);
}

static bool throughEax(I386Scratch scratch,
                       const ControlFlowProtection &protection) {
  return scratch == I386Scratch::Auto ? protection.shadowStack
                                      : scratch == I386Scratch::Eax;
}

/// Whether the field at \p at may be the displacement of an operand with a base
/// register, or an immediate of what moves, adds, compares or pushes it (Intel
/// SDM vol. 2, 2.1). The distance of a jump looks like the first, behind 0f.
static bool mayBeOperand(ArrayRef<uint8_t> code, size_t at) {
  const uint8_t last = at ? code[at - 1] : 0,
                before = at > 1 ? code[at - 2] : 0;
  const bool isBased = (last & 0xc0) == 0x80 && (last & 7) != 4;
  const bool isIndexed = (before & 0xc7) == 0x84;
  const bool isImmediate = last == 0x68 || (last & 0xf8) == 0xb8 ||
                           (last & 0xc7) == 0x05 ||
                           (before == 0x81 && last >= 0xc0);
  return (isBased && before != 0x0f) || isIndexed || isImmediate;
}

/// The offset of the immediate of an `add` to a register that follows \p label,
/// behind a `pop` perhaps; 0 where there is none. Code makes the address of the
/// GOT of its own with it.
static size_t addAfter(ArrayRef<uint8_t> code, size_t label) {
  constexpr size_t largest = 7;
  if (label > code.size() || code.size() - label < largest)
    return 0;
  if ((code[label] & 0xf8) == 0x58) // pop %reg
    ++label;
  if (code[label] == 0x05)
    return label + 1;
  return code[label] == 0x81 && (code[label + 1] & 0xf8) == 0xc0 ? label + 2
                                                                 : 0;
}

/// Whether the five bytes before \p label are a call that gives code its own
/// address, from which the field at \p at may count: a call of what follows, or
/// of `mov (%esp), %reg; ret`.
static bool givesAddress(ArrayRef<uint8_t> code, size_t label, size_t at) {
  constexpr size_t callSize = 5, mostSkipped = 16, thunkSize = 4;
  if (label < callSize || label > code.size() || code[label - callSize] != 0xe8)
    return false;
  // Behind the `add` the register has another address.
  if (const size_t add = addAfter(code, label); add && add != at)
    return false;
  const uint64_t to = label + int64_t(int32_t(read32le(&code[label - 4])));
  if (to - label <= mostSkipped)
    return true;
  return to < code.size() && code.size() - to >= thunkSize &&
         code[to] == 0x8b && (code[to + 1] & 0xc7) == 0x04 &&
         code[to + 2] == 0x24 && code[to + 3] == 0xc3;
}

/// What follows the jump of an entry that jumps through an absolute address.
/// The header of others wants the GOT's address in %ebx.
static std::optional<FoundTail> findTail(const Image &image, uint64_t address) {
  const std::optional<PltTail> tail = readPltTail(image, address, kEndbr32);
  const std::optional<PltHeader> header =
      tail ? readPltHeader(image, uint32_t(tail->header), kEndbr32)
           : std::nullopt;
  constexpr uint32_t step = sizeof(object::ELF32LE::Rel);
  if (!header || tail->pushed % step ||
      header->jumped.value != header->pushed.value + 4)
    return std::nullopt;
  const bool hasLandingPad =
      image.contentsAt(address, sizeof(kEndbr32)) == ArrayRef(kEndbr32);
  return FoundTail{address, hasLandingPad, tail->pushed / step,
                   header->pushed.value - 4};
}

/// The word of an entry that uses %ebx is the distance from it.
static void addEntries(const Image &image, const AddressRange &place,
                       std::vector<FoundEntry> &out) {
  const Bytes contents = image.contentsAt(place.address, place.size);
  for (size_t at = 0; at + 6 <= contents.size(); ++at) {
    // jmp *word and jmp *distance(%ebx)
    if (contents[at] != 0xff ||
        (contents[at + 1] != 0x25 && contents[at + 1] != 0xa3))
      continue;
    FoundEntry entry;
    entry.needsRegister = contents[at + 1] == 0xa3;
    entry.field = place.address + at + 2;
    entry.word = read32le(&contents[at + 2]);
    entry.hasLandingPad =
        at >= 4 && contents.slice(at - 4, 4) == ArrayRef(kEndbr32);
    entry.address = place.address + (entry.hasLandingPad ? at - 4 : at);
    if (!entry.needsRegister)
      entry.tail = findTail(image, entry.end());
    out.push_back(entry);
    at += 5;
  }
}

/// Makes addresses of the words that are distances from %ebx. What that holds
/// differs between linkers: the address of .got.plt or of .got. Only one value
/// makes every word of the PLT one that a jump leads to; PLT0's jump leads to a
/// lower one. Where no value does, such entries are left out.
static void addRegisterBase(const Image &image,
                            std::vector<FoundEntry> &entries) {
  std::vector<int64_t> distances;
  std::vector<uint64_t> places;
  for (const FoundEntry &entry : entries)
    if (entry.needsRegister)
      distances.push_back(SignExtend64<32>(entry.word));
  for (const Relocation &relocation : image.pltRelocations)
    places.push_back(relocation.offset);
  llvm::sort(distances);
  llvm::sort(places);
  const uint64_t base = distances.empty() || places.empty()
                            ? 0
                            : places.back() - distances.back();
  for (int64_t &distance : distances)
    distance += base;
  const bool fits = std::includes(distances.begin(), distances.end(),
                                  places.begin(), places.end());
  erase_if(entries, [&](const FoundEntry &entry) {
    return entry.needsRegister &&
           (!fits ||
            !llvm::binary_search(places, SignExtend64<32>(entry.word) + base));
  });
  for (FoundEntry &entry : entries)
    if (entry.needsRegister) {
      entry.word = SignExtend64<32>(entry.word) + base;
      entry.fieldBase = base;
    }
}

namespace {
class I386 final : public Target {
public:
  I386() {
    machine = EM_386;
    is64 = false;
    wordSize = 4;
    absoluteWord = R_386_32;
    globDat = R_386_GLOB_DAT;
    jumpSlot = R_386_JUMP_SLOT;
    relative = R_386_RELATIVE;
    indirectRelative = R_386_IRELATIVE;
    copy = R_386_COPY;
    tlsRelocations = kTls;
    gotLoads = kGotLoads;
    call = R_386_PLT32;
    none = R_386_NONE;
    pcRelative32 = R_386_PC32;
    skipsRelative = true;
    preferredBegin = 0x41000000;
    preferredEnd = 0x50000000;
    lazyStubs = false;
    hasAbsoluteEntries = true;
    ehFrameType = SHT_PROGBITS;
    thunkName = "__x86_indirect_thunk_esp";
    trap = kInt3;
    stackPointer = 4;
    returnAddress = 8;
    name = "i386";
    emulation = "elf_i386";
    interpreter = "/lib/ld-linux.so.2";
    muslArch = "i386";
    multiarch = "i386-linux-gnu";
    libFolder = "lib";
    platform = "i686";
    cacheFlags = 0x3;
  }

  Stub stub(const Config &config,
            const ControlFlowProtection &protection) const override {
    const bool pad = protection.landingPads;
    if (throughEax(config.i386Scratch, protection))
      return pad ? Stub{".relay_eax", kThroughEaxIbt, kThroughEaxIbtRelocations,
                        kThroughEaxIbtFrame}
                 : Stub{".relay_eax", kThroughEax, kThroughEaxRelocations,
                        kThroughEaxFrame};
    return pad ? Stub{".relay", kKeepAllIbt, kKeepAllIbtRelocations,
                      kKeepAllIbtFrame}
               : Stub{".relay", kKeepAll, kKeepAllRelocations, kKeepAllFrame};
  }

  uint64_t appendJump(ImageCode &code, uint64_t word,
                      const EntryStyle &style) const override {
    align(code, 8);
    const uint64_t begin = code.end();
    appendPad(code, style);
    if (style.absolute) {
      append(code, {0xff, 0x25}); // jmp *word
      appendAbsolute(code, word);
      return begin;
    }
    const bool eax = throughEax(style.i386Scratch, style.protection);
    const size_t at = code.bytes.size();
    const uint64_t label = code.end() + (eax ? 5 : 7);
    append(code, eax ? ArrayRef(kJumpThroughEax) : ArrayRef(kJumpKeepAll));
    write32le(&code.bytes[at + (eax ? 8 : 11)], word - label);
    return begin;
  }

  void appendLazyTail(ImageCode &code, uint32_t index, uint64_t header,
                      const EntryStyle &style) const override {
    appendPad(code, style);
    code.bytes.push_back(0x68); // push $offset
    appendWord(code, index * sizeof(object::ELF32LE::Rel));
    code.bytes.push_back(0xe9); // jmp header
    appendDistance(code, header);
  }

  uint64_t appendLazyHeader(ImageCode &code, uint64_t got,
                            const EntryStyle &style) const override {
    align(code, 16);
    const uint64_t begin = code.end();
    if (style.absolute) {
      append(code, {0xff, 0x35}); // push got+4
      appendAbsolute(code, got + 4);
      append(code, {0xff, 0x25}); // jmp *got+8
      appendAbsolute(code, got + 8);
    } else {
      const uint64_t label = code.end() + 8;
      const size_t at = code.bytes.size();
      append(code, kHeaderKeepAll);
      write32le(&code.bytes[at + 12], got + 4 - label);
      write32le(&code.bytes[at + 22], got + 8 - label);
    }
    return begin;
  }

  void appendRelocator(ImageCode &, const RelocatorAddresses &,
                       const EntryStyle &) const override {
    llvm_unreachable("ld.so skips the RELATIVE relocations of this machine");
  }

  std::vector<FoundEntry>
  findEntries(const Image &image,
              ArrayRef<AddressRange> places) const override {
    std::vector<FoundEntry> out;
    for (const AddressRange &place : places)
      addEntries(image, place, out);
    addRegisterBase(image, out);
    return out;
  }

  void findGots(Bytes code, uint64_t address,
                SmallVectorImpl<uint64_t> &gots) const override {
    forEachByte(code, 0xe8, [&](size_t call) {
      constexpr size_t callSize = 5;
      const size_t field = addAfter(code, call + callSize);
      if (!field || code.size() - field < 4)
        return;
      const uint32_t label = address + call + callSize;
      const uint32_t got = label + read32le(&code[field]);
      if (!is_contained(gots, got))
        gots.push_back(got);
    });
  }

  void findReferences(
      Bytes code, uint64_t address, const AddressRange &range,
      ArrayRef<uint64_t> gots,
      function_ref<void(uint64_t to, uint64_t place)> show) const override {
    const int64_t low = range.address, high = range.end();
    for (uint64_t got : gots)
      forEachField(code, low - int64_t(got), high - int64_t(got),
                   [&](size_t at, int64_t distance) {
                     if (mayBeOperand(code, at))
                       show(got + distance, address + at);
                   });
    // Code that asks for its own address counts from the end of a call.
    constexpr int64_t mostBetween = 64;
    const int64_t begin = address, end = address + code.size();
    forEachField(code, low - end, high + mostBetween - begin,
                 [&](size_t at, int64_t distance) {
                   if (!mayBeOperand(code, at))
                     return;
                   for (int64_t label = at;
                        label && int64_t(at) - label <= mostBetween; --label)
                     if (const int64_t to = begin + label + distance;
                         to >= low && to <= high &&
                         givesAddress(code, label, at))
                       show(to, address + at);
                 });
  }
};
} // namespace

const Target &getI386Target() {
  static const I386 target;
  return target;
}

} // namespace objprelink
