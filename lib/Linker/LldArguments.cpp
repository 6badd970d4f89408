#include "Linker/LldArguments.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::opt;

namespace lld::elf {
// As in lld/ELF/Driver.h, which is not installed.
class ELFOptTable : public GenericOptTable {
public:
  ELFOptTable();
};
} // namespace lld::elf

namespace objprelink {

namespace {
class Reader {
public:
  LldArguments run(ArrayRef<const char *> arguments);

private:
  void read(StringRef name, StringRef value);
  void setZ(StringRef keyword);
  void keep(ArrayRef<const char *> words, StringRef name);

  LldArguments out;
  void noteArchives(StringRef name, StringRef value);

  bool printsMap = false;
  bool inLib = false;
  bool inWhole = false;
  /// inWhole of what --push-state has put away.
  SmallVector<bool, 4> states;
};
} // namespace

/// Options by which LLD writes files or prints, and nothing else.
static constexpr StringLiteral kReports[] = {"Map",
                                             "dependency-file",
                                             "print-archive-stats",
                                             "print-gc-sections",
                                             "print-icf-sections",
                                             "print-map",
                                             "print-memory-usage",
                                             "print-symbol-order",
                                             "reproduce",
                                             "save-temps",
                                             "time-trace",
                                             "time-trace-granularity",
                                             "trace",
                                             "trace-symbol",
                                             "v",
                                             "verbose",
                                             "why-extract"};

/// Options that keep more from being foreseen.
static constexpr StringLiteral kOpen[] = {
    "cref",         "default-script",   "exclude-libs", "gc-sections",
    "just-symbols", "relocatable",      "remap-inputs", "remap-inputs-file",
    "script",       "shuffle-sections", "warn-backrefs"};

/// Options by which the link binds what it defines, maybe.
static constexpr StringLiteral kBindsOwn[] = {"dynamic-list", "version-script"};

/// Options by which undefined symbols are errors, maybe.
static constexpr StringLiteral kWantsAll[] = {"no-undefined",
                                              "unresolved-symbols"};

void Reader::setZ(StringRef keyword) {
  if (keyword == "notext" || keyword == "text")
    out.allowsTextRelocations = keyword == "notext";
  else if (keyword == "pack-relative-relocs")
    out.packsRelativeRelocs = true;
  else if (keyword == "nopack-relative-relocs")
    out.packsRelativeRelocs = false;
  else if (keyword == "retpolineplt")
    out.wantsRetpolines = true;
  else if (keyword == "now" || keyword == "lazy")
    out.bindsNow = keyword == "now";
  else if (keyword == "force-ibt")
    out.wantsLandingPads = true;
  else if (keyword == "defs")
    out.mayWantAll = true;
  else if (keyword == "nosectionheader")
    out.isOpen = true;
}

/// Keeps the words of an option for a link that is made once more.
void Reader::keep(ArrayRef<const char *> words, StringRef name) {
  if (name == "start-lib" || name == "end-lib")
    inLib = name == "start-lib";
  out.hasLazyObjects |= inLib;
  if (name == "emit-relocs")
    out.whyOnce = "relocations are kept (--emit-relocs)";
  else if (name == "fat-lto-objects")
    out.whyOnce = "the link may compile bitcode (--fat-lto-objects)";
  else if (name == "nmagic" || name == "omagic")
    out.whyOnce = "segments share pages (-n or -N)";
  else if (name == "oformat")
    out.whyOnce = "the output has a form of its own (--oformat)";
  const StringRef option = name.split('=').first;
  const bool isReport = is_contained(kReports, option);
  out.isOpen |= !out.whyOnce.empty() || is_contained(kOpen, option) ||
                option.starts_with("icf") ||
                (isReport && option != "dependency-file" &&
                 !option.starts_with("time-trace"));
  out.mayBindOwn |=
      option.starts_with("Bsymbolic") || is_contained(kBindsOwn, option);
  out.mayWantAll |= is_contained(kWantsAll, option);
  if (!isReport)
    out.again.insert(out.again.end(), words.begin(), words.end());
}

/// \p name is that of the table, whichever spelling the option has.
void Reader::read(StringRef name, StringRef value) {
  if (name == "z")
    setZ(value);
  else if (name == "shared")
    out.isShared = true;
  else if (name == "pie" || name == "no-pie")
    out.isPie = name == "pie";
  else if (name == "dependent-libraries" || name == "no-dependent-libraries")
    out.ignoresDependentLibraries = name == "no-dependent-libraries";
  else if (name == "defsym" || name == "script" || name == "default-script")
    out.definesSymbols = true;
  else if (name == "image-base")
    out.hasImageBase = true;
  else if (name == "m")
    out.emulation = value;
  else if (name == "soname")
    out.soname = value;
  else if (name == "o")
    out.output = value;
  else if (name == "Map")
    out.map = value;
  else if (name == "dependency-file")
    out.dependencies = value;
  else if (name == "print-map")
    printsMap = true;
  else if (name == "build-id=")
    out.hashesBuildId = is_contained({"fast", "md5", "sha1", "tree"}, value);
  else if (name == "discard-all")
    out.discardsLocals = true;
  else if (name == "discard-locals" || name == "discard-none")
    out.discardsLocals = false;
  else if (name == "pack-dyn-relocs")
    out.packsRelativeRelocs = value.contains("relr");
  else if (name == "l")
    out.libraries.push_back(value);
  else if (name == "L")
    out.libraryPaths.push_back(value);
  else if (name == "version-script")
    out.versionScripts.push_back(value);
  else if (name == "help")
    out.wantsHelp = true;
  else if (name == "<input>")
    out.files.push_back(value);
}

/// Follows the options around archives.
void Reader::noteArchives(StringRef name, StringRef value) {
  if (name == "whole-archive" || name == "no-whole-archive")
    inWhole = name == "whole-archive";
  else if (name == "push-state")
    states.push_back(inWhole);
  else if (name == "pop-state" && !states.empty())
    inWhole = states.pop_back_val();
  else if (name == "<input>" || name == "l")
    (inWhole ? out.wholeArchives : out.otherArchives).push_back(value);
}

LldArguments Reader::run(ArrayRef<const char *> arguments) {
  // LLD takes "--plugin-opt x" for "--plugin-opt=x", which its table cannot.
  SmallVector<const char *, 256> known;
  for (size_t i = 0; i < arguments.size(); ++i)
    if (is_contained({"-plugin-opt", "--plugin-opt"}, StringRef(arguments[i])))
      ++i;
    else
      known.push_back(arguments[i]);
  const lld::elf::ELFOptTable table;
  unsigned missingIndex, missingCount;
  const InputArgList args = table.ParseArgs(known, missingIndex, missingCount);
  // The values are those that were given: they live as long as the arguments.
  for (auto at = args.begin(); at != args.end(); ++at) {
    const Arg *arg = *at;
    const StringRef name = arg->getOption().getUnaliasedOption().getName();
    const StringRef value = arg->getNumValues() ? arg->getValue() : "";
    read(name, value);
    noteArchives(name, value);
    const size_t begin = arg->getIndex();
    const size_t end = std::next(at) == args.end()
                           ? known.size()
                           : (*std::next(at))->getIndex();
    keep(ArrayRef(known).slice(begin, end - begin), name);
  }
  // The last option would take the next word.
  out.isOpen |= missingCount != 0;
  if (inLib)
    out.whyOnce = "an archive is open at its end (--start-lib)";
  if (printsMap)
    out.map = "-";
  return std::move(out);
}

Expected<bool> LldArguments::takesWhole(StringRef path) const {
  const StringRef file = sys::path::filename(path);
  const auto isNamed = [&](StringRef name) {
    return name == path ||
           (name.consume_front(":") ? name == file
                                    : ("lib" + name + ".a").str() == file);
  };
  const bool isWhole = any_of(wholeArchives, isNamed);
  if (isWhole && any_of(otherArchives, isNamed))
    return error("{0} is there whole and otherwise", path);
  return isWhole;
}

LldArguments readLldArguments(ArrayRef<const char *> arguments) {
  return Reader().run(arguments);
}

std::unique_ptr<OptTable> lldOptions() {
  return std::make_unique<lld::elf::ELFOptTable>();
}

} // namespace objprelink
