//===- Link.cpp - LLD, and what it does not do ----------------------------===//
//
// LLD is asked to end the process without cleaning up (exitEarly), as ld.lld
// does: a large link would spend a tenth of its time on giving back memory. So
// all that has to happen to the output happens when LLD commits it.
//
//===----------------------------------------------------------------------===//

#include "Linker/Link.h"
#include "ImageRewriter/PreferredBase.h"
#include "Linker/ForeseenRoom.h"
#include "Linker/ImagePass.h"
#include "Linker/LldArguments.h"
#include "Linker/LldHooks.h"
#include "Linker/LldMap.h"
#include "Linker/OutputBuffer.h"
#include "Linker/SecondLink.h"
#include "Linker/SlimLto.h"
#include "Support/Diagnostics.h"
#include "lld/Common/Driver.h"
#include "lld/Common/ErrorHandler.h"
#include "lld/Common/Reproduce.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace objprelink {

namespace {
/// What LLD has written into memory, for a file that has no name yet.
class LldOutput : public LinkOutput {
public:
  LldOutput(Bytes contents, PendingFile &file, const ForeseenRoom &foreseen,
            SecondLink &again)
      : LinkOutput(contents), file(file), foreseen(foreseen), again(again),
        isUnnamed(!again.mayNameTables()) {}
  void foresee(Bytes likely) override { file.begin(likely); }
  Error keepPlain() override { return file.fill(contents); }
  Error replace(Extents rewritten, Bytes source, OutputCheck check) override {
    return file.fill(std::move(rewritten), {source}, check);
  }
  const LinkRoom *room() const override {
    return isPlain ? nullptr : foreseen.room();
  }
  Error linkPlain() override {
    Expected<Bytes> linked = again.run(nullptr);
    if (!linked)
      return linked.takeError();
    contents = *linked;
    isPlain = true;
    return Error::success();
  }
  bool tablesAreUnnamed() const override { return isUnnamed; }
  Error checkSecondLink() const override { return again.check(); }
  Expected<Bytes> linkWithRoom(const LinkRoom &room) override {
    return again.run(&room);
  }

private:
  PendingFile &file;
  const ForeseenRoom &foreseen;
  SecondLink &again;
  /// Asked once: it is the inputs that say so.
  const bool isUnnamed;
  bool isPlain = false;
};
} // namespace

/// The options that are not LLD's, for --reproduce, which cannot see them. As
/// with LLD's, the folder of a report is not in the archive.
static std::string recordOptions(const LinkOptions &options) {
  std::string out;
  raw_string_ostream stream(out);
  if (options.mode != LinkMode::Auto)
    stream << "--objprelink=" << nameOf(options.mode) << "\n";
  if (!options.report.empty())
    stream << "--objprelink-report="
           << lld::quote(sys::path::filename(options.report)) << "\n";
  if (options.verbose)
    stream << "--objprelink-verbose\n";
  if (options.strict)
    stream << "--objprelink-strict\n";
  if (options.prerelocate && options.preferredBase)
    stream << formatv("--objprelink-prerelocate={0:x}\n",
                      *options.preferredBase);
  else if (options.prerelocate)
    stream << "--objprelink-prerelocate\n";
  return out;
}

/// Where LLD is to put the output, so that debug information has the address,
/// too. Without -m it is not known what is linked, and a script may say another
/// address: the pass moves the output then.
static std::optional<uint64_t> imageBase(const LldArguments &known,
                                         const LinkOptions &options) {
  if (!options.prerelocate || options.mode == LinkMode::Off ||
      !known.isShared || known.hasImageBase)
    return std::nullopt;
  const Machine *machine = findMachine(known.emulation);
  if (!machine || options.preferredBase)
    return machine ? options.preferredBase : std::nullopt;
  return preferredBase(known.soname.empty() ? sys::path::filename(known.output)
                                            : known.soname,
                       *machine);
}

int link(ArrayRef<const char *> given, const LinkOptions &options) {
  const StringRef program = sys::path::filename(given[0]);
  SmallVector<const char *, 256> arguments(given.begin(), given.end());
  const LldArguments known = readLldArguments(given.drop_front());
  std::string base;
  if (const std::optional<uint64_t> address = imageBase(known, options)) {
    base = "--image-base=0x" + utohexstr(*address, /*LowerCase=*/true);
    arguments.push_back(base.c_str());
  }
  LldMap map(known);
  SecondLink again(arguments[0], known);
  ForeseenRoom foreseen(known, modeOf(options));
  HeardStream heard(foreseen, outs());
  const bool isHeard = options.mode != LinkMode::Off && !options.prerelocate &&
                       foreseen.ask(arguments);
  const auto readRoom = [&](StringRef path) { return foreseen.read(path); };
  const auto opened = [&](StringRef name) { map.opened(name); };
  const auto read = [&](StringRef path, const MemoryBuffer &contents) {
    again.fileRead(path, contents);
    foreseen.fileRead(path, contents);
  };
  const auto hasFile = [&](StringRef path) { return foreseen.asksFor(path); };
  const auto ending = [&] {
    setLldHooks({});
    if (isHeard)
      printErrors(program, foreseen.correctDependencies());
  };
  // With the pass off, what LLD reads and writes is LLD's alone.
  if (options.mode != LinkMode::Off)
    setLldHooks(
        {opened, recordOptions(options), read, readRoom, hasFile, ending, {}});
  ImagePass pass(program, options, known);
  const auto run = [&](StringRef path, Bytes contents,
                       PendingFile &file) -> Error {
    pass.record.output = path.str();
    if (options.mode != LinkMode::Off) {
      TimeTraceScope scope("objprelink: check", path);
      if (Error e = checkSlimLto(contents, known))
        return e;
    }
    LldOutput output(contents, file, foreseen, again);
    again.releaseInputs();
    if (Error e = pass.run(path, output))
      return e;
    if (Error e = file.keep(AfterCrash::MayBeEmpty))
      return e;
    if (!pass.done)
      return Error::success();
    if (Error e = map.correct(*pass.done->before, *pass.done->edit,
                              pass.hasRoom ? &again.map : nullptr))
      errs() << program << ": remark: the map is that of the link without "
             << "objprelink: " << toString(std::move(e)) << "\n";
    return Error::success();
  };
  setOutputPass(run);

  bool ok = lld::elf::link(
      arguments, isHeard ? static_cast<raw_ostream &>(heard) : outs(), errs(),
      /*exitEarly=*/true, /*disableOutput=*/false);
  ending();
  // Functions that are in bytecode only may be missing: say why.
  if (!ok && options.mode != LinkMode::Off && pass.record.output.empty())
    printErrors(program, findSlimLto(known));
  ok &= reportLink(program, pass.record, options);
  return ok ? 0 : 1;
}

void endLink(int status) {
  lld::exitLld(status);
}

} // namespace objprelink
