//===- X86_64.cpp ---------------------------------------------------------===//
//
// A virtual call may carry arguments in any register but %r11, and %r10 may be
// the static chain (x86-64 psABI 3.2.3), so a stub is one jump that touches
// none. GOTPCRELX lets a linker that knows the function's address turn the
// relay into a direct jump.
//
//===----------------------------------------------------------------------===//

#include "Target/Target.h"

using namespace llvm;
using namespace llvm::ELF;

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

namespace {
class X86_64 final : public Target {
public:
  X86_64() {
    machine = EM_X86_64;
    is64 = true;
    wordSize = 8;
    absoluteWord = R_X86_64_64;
    pcRelative32 = R_X86_64_PC32;
    lazyStubs = true;
    ehFrameType = SHT_X86_64_UNWIND;
    stackPointer = 7;
    returnAddress = 16;
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
};
} // namespace

const Target &getX86_64Target() {
  static const X86_64 target;
  return target;
}

} // namespace objprelink
