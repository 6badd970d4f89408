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
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include <gtest/gtest.h>

using namespace llvm;

extern "C" void LLVMInitializeX86Disassembler();
extern "C" void LLVMInitializeX86TargetInfo();
extern "C" void LLVMInitializeX86TargetMC();

/// The instructions of \p code, one a line, each with its offset.
static std::string disassemble(StringRef tripleName, objprelink::Bytes code) {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86Disassembler();
  const Triple triple(tripleName);
  std::string problem;
  const Target *target = TargetRegistry::lookupTarget(triple, problem);
  const MCTargetOptions options;
  std::unique_ptr<MCRegisterInfo> registers(target->createMCRegInfo(triple));
  std::unique_ptr<MCAsmInfo> info(
      target->createMCAsmInfo(*registers, triple, options));
  std::unique_ptr<MCSubtargetInfo> subtarget(
      target->createMCSubtargetInfo(triple, "", ""));
  std::unique_ptr<MCInstrInfo> instructions(target->createMCInstrInfo());
  MCContext context(triple, info.get(), registers.get(), subtarget.get());
  std::unique_ptr<MCDisassembler> disassembler(
      target->createMCDisassembler(*subtarget, context));
  std::unique_ptr<MCInstPrinter> printer(
      target->createMCInstPrinter(triple, 0, *info, *instructions, *registers));

  std::string text;
  raw_string_ostream out(text);
  for (uint64_t offset = 0, size; offset < code.size(); offset += size) {
    MCInst inst;
    if (disassembler->getInstruction(inst, size, code.drop_front(offset),
                                     offset,
                                     nulls()) != MCDisassembler::Success)
      return "bad instruction";
    out << offset << ":";
    printer->printInst(&inst, offset, "", *subtarget, out);
    out << "\n";
  }
  llvm::replace(text, '\t', ' ');
  return text;
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
