// A small llvm-mc: assembles a file, then disassembles what it wrote. It is
// linked against stock and against rewritten LLVM archives; both must do the
// same. Assembling and disassembling go through most of MC's interfaces, and so
// through many vtable slots.
//
// usage: driver IN.s OUT.o

#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCAsmBackend.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCCodeEmitter.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCObjectFileInfo.h"
#include "llvm/MC/MCObjectWriter.h"
#include "llvm/MC/MCParser/MCAsmParser.h"
#include "llvm/MC/MCParser/MCTargetAsmParser.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace {
struct Machine {
  Triple triple = Triple("x86_64-unknown-linux-gnu");
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(triple, message);
  MCTargetOptions options;
  std::unique_ptr<MCRegisterInfo> registers{target->createMCRegInfo(triple)};
  std::unique_ptr<MCAsmInfo> info{
      target->createMCAsmInfo(*registers, triple, options)};
  std::unique_ptr<MCInstrInfo> instructions{target->createMCInstrInfo()};
  std::unique_ptr<MCSubtargetInfo> subtarget{
      target->createMCSubtargetInfo(triple, "x86-64", "")};
};
} // namespace

static bool assemble(Machine &m, StringRef from, StringRef to) {
  SourceMgr source;
  source.AddNewSourceBuffer(
      cantFail(errorOrToExpected(MemoryBuffer::getFile(from, /*IsText=*/true))),
      SMLoc());
  MCContext context(m.triple, m.info.get(), m.registers.get(),
                    m.subtarget.get(), &source, &m.options);
  std::unique_ptr<MCObjectFileInfo> files(
      m.target->createMCObjectFileInfo(context, /*PIC=*/true));
  context.setObjectFileInfo(files.get());

  std::error_code error;
  raw_fd_ostream out(to, error);
  MCAsmBackend *backend =
      m.target->createMCAsmBackend(*m.subtarget, *m.registers, m.options);
  std::unique_ptr<MCStreamer> streamer(m.target->createMCObjectStreamer(
      m.triple, context, std::unique_ptr<MCAsmBackend>(backend),
      backend->createObjectWriter(out),
      std::unique_ptr<MCCodeEmitter>(
          m.target->createMCCodeEmitter(*m.instructions, context)),
      *m.subtarget));
  std::unique_ptr<MCAsmParser> parser(
      createMCAsmParser(source, context, *streamer, *m.info));
  std::unique_ptr<MCTargetAsmParser> targetParser(m.target->createMCAsmParser(
      *m.subtarget, *parser, *m.instructions, m.options));
  parser->setTargetParser(*targetParser);
  return !error && !parser->Run(/*NoInitialTextSection=*/false);
}

static void disassemble(Machine &m, StringRef path) {
  MCContext context(m.triple, m.info.get(), m.registers.get(),
                    m.subtarget.get());
  std::unique_ptr<MCDisassembler> disassembler(
      m.target->createMCDisassembler(*m.subtarget, context));
  std::unique_ptr<MCInstPrinter> printer(m.target->createMCInstPrinter(
      m.triple, 0, *m.info, *m.instructions, *m.registers));
  object::OwningBinary<object::ObjectFile> file =
      cantFail(object::ObjectFile::createObjectFile(path));
  for (const object::SectionRef &section : file.getBinary()->sections()) {
    if (!section.isText())
      continue;
    outs() << cantFail(section.getName()) << ":\n";
    ArrayRef<uint8_t> code =
        arrayRefFromStringRef(cantFail(section.getContents()));
    for (uint64_t at = 0, size; at < code.size(); at += size) {
      MCInst instruction;
      if (!disassembler->getInstruction(instruction, size, code.drop_front(at),
                                        at, nulls())) {
        outs() << "  unknown\n";
        size = std::max<uint64_t>(size, 1);
        continue;
      }
      printer->printInst(&instruction, at, "", *m.subtarget, outs());
      outs() << "\n";
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmParser();
  LLVMInitializeX86Disassembler();
  Machine machine;
  if (!assemble(machine, argv[1], argv[2]))
    return 1;
  disassemble(machine, argv[2]);
}
