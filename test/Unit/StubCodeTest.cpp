//===- StubCodeTest.cpp - stubs as LLVM's disassembler reads them ---------===//
//
// The byte rows are written by hand; here each of them is disassembled and the
// text compared, relocations are checked to lie on the operand of the
// instruction that they are for, and the frame instructions to change where
// the stack does.
//
//===----------------------------------------------------------------------===//

#include "Target/EhFrame.h"
#include "Target/Target.h"
#include "llvm-c/Disassembler.h"
#include "llvm/ADT/StringExtras.h"
#include <gtest/gtest.h>

using namespace llvm;

extern "C" void LLVMInitializeX86Disassembler();
extern "C" void LLVMInitializeX86TargetInfo();
extern "C" void LLVMInitializeX86TargetMC();

/// The instructions of \p code, one a line, each with its offset.
static std::string disassemble(const char *triple, objprelink::Bytes code) {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86Disassembler();
  const std::unique_ptr<void, decltype(&LLVMDisasmDispose)> disassembler(
      LLVMCreateDisasm(triple, nullptr, 0, nullptr, nullptr),
      LLVMDisasmDispose);
  SmallVector<uint8_t> bytes(code);
  std::string out;
  char text[80];
  for (size_t offset = 0, size; offset < bytes.size(); offset += size) {
    size = LLVMDisasmInstruction(disassembler.get(), bytes.data() + offset,
                                 bytes.size() - offset, offset, text,
                                 sizeof(text));
    if (!size)
      return "bad instruction";
    out += utostr(offset) + ":" + text + "\n";
  }
  std::replace(out.begin(), out.end(), '\t', ' ');
  return out;
}

static objprelink::Stub stub(const objprelink::Target &target,
                             objprelink::Mode mode, bool landingPads,
                             bool shadowStack = false) {
  objprelink::Config config;
  config.mode = mode;
  return target.stub(config, {landingPads, shadowStack});
}

TEST(StubCode, X86_64) {
  const objprelink::Target &target = objprelink::getX86_64Target();
  const auto text = [&](objprelink::Mode mode, bool pads) {
    return disassemble("x86_64-linux-gnu", stub(target, mode, pads).code);
  };
  EXPECT_EQ(text(objprelink::Mode::Relay, false), "0: jmpq *(%rip)\n");
  EXPECT_EQ(text(objprelink::Mode::Relay, true),
            "0: endbr64\n4: jmpq *(%rip)\n");
  EXPECT_EQ(text(objprelink::Mode::Lazy, false), "0: jmp 0\n");
  EXPECT_EQ(text(objprelink::Mode::Lazy, true), "0: endbr64\n4: jmp 0\n");
}

// hazard V18, V20: nothing but flags is overwritten, and with a shadow stack
// every return has its call.
TEST(StubCode, I386) {
  const objprelink::Target &target = objprelink::getI386Target();
  const auto text = [&](bool pads, bool shadowStack) {
    return disassemble(
        "i386-linux-gnu",
        stub(target, objprelink::Mode::Relay, pads, shadowStack).code);
  };
  EXPECT_EQ(text(false, false), "0: pushl %eax\n"
                                "1: pushl %eax\n"
                                "2: calll 1\n"
                                "7: int3\n"
                                "8: popl %eax\n"
                                "9: addl $3, %eax\n"
                                "14: movl (%eax), %eax\n"
                                "20: movl %eax, 4(%esp)\n"
                                "24: popl %eax\n"
                                "25: retl\n");
  EXPECT_EQ(text(true, true), "0: endbr32\n"
                              "4: calll 0\n"
                              "9: popl %eax\n"
                              "10: addl $2, %eax\n"
                              "15: jmpl *(%eax)\n");
}

// A relocated field is the last four bytes of an instruction, zero but for a
// REL target's addend.
TEST(StubCode, RelocationsCoverOperands) {
  using namespace objprelink;
  for (const objprelink::Target *target :
       {&getX86_64Target(), &getI386Target()})
    for (const Mode mode : {Mode::Relay, Mode::Lazy})
      for (const bool pads : {false, true})
        for (const bool shadowStack : {false, true}) {
          const Stub code = stub(*target, mode, pads, shadowStack);
          for (const StubRelocation &r : code.relocations) {
            ASSERT_LE(r.offset + 4, code.code.size());
            const int64_t field = code.code[r.offset];
            EXPECT_EQ(field, target->is64 ? 0 : r.addend);
            EXPECT_EQ(code.code[r.offset + 1] | code.code[r.offset + 2] |
                          code.code[r.offset + 3],
                      0);
          }
        }
}

TEST(StubCode, FrameIsWholeWords) {
  using namespace objprelink;
  for (const objprelink::Target *target :
       {&getX86_64Target(), &getI386Target()}) {
    const Stub code = stub(*target, Mode::Relay, false);
    const EhFrame frame = buildEhFrame(*target, code);
    EXPECT_EQ(frame.contents.size() % target->wordSize, 0u);
    // The FDE's range is the stub.
    EXPECT_EQ(frame.contents[frame.startOffset + 4], code.code.size());
  }
}
