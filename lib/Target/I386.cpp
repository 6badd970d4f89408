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
// A shadow stack forbids that return. The other stub jumps through %eax, and
// its call is one to the next instruction, which pushes nothing on a shadow
// stack (Intel SDM, CALL). glibc's own 2.26-2.38 trampoline for i386 with
// SHSTK gave up %ecx in the same way; thiscall and fastcall want that one.
//
//===----------------------------------------------------------------------===//

#include "Target/Target.h"
#include "llvm/BinaryFormat/Dwarf.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::dwarf;

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

namespace {
class I386 final : public Target {
public:
  I386() {
    machine = EM_386;
    is64 = false;
    wordSize = 4;
    absoluteWord = R_386_32;
    pcRelative32 = R_386_PC32;
    lazyStubs = false;
    ehFrameType = SHT_PROGBITS;
    stackPointer = 4;
    returnAddress = 8;
  }

  Stub stub(const Config &config,
            const ControlFlowProtection &protection) const override {
    const bool pad = protection.landingPads;
    const bool throughEax = config.i386Scratch == I386Scratch::Auto
                                ? protection.shadowStack
                                : config.i386Scratch == I386Scratch::Eax;
    if (throughEax)
      return pad ? Stub{".relay_eax", kThroughEaxIbt, kThroughEaxIbtRelocations,
                        kThroughEaxIbtFrame}
                 : Stub{".relay_eax", kThroughEax, kThroughEaxRelocations,
                        kThroughEaxFrame};
    return pad ? Stub{".relay", kKeepAllIbt, kKeepAllIbtRelocations,
                      kKeepAllIbtFrame}
               : Stub{".relay", kKeepAll, kKeepAllRelocations, kKeepAllFrame};
  }
};
} // namespace

const Target &getI386Target() {
  static const I386 target;
  return target;
}

} // namespace objprelink
