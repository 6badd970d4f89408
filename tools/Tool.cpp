#include "Tool.h"
#include "Help.h"
#include "Support/Diagnostics.h"
#include "Support/Suggest.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Option/Arg.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>

using namespace llvm;
using namespace llvm::opt;

namespace objprelink {

static constexpr int kUsage = 2;

/// At a limit on the size of files, write(2) is to fail (EFBIG). A handler,
/// unlike SIG_IGN, is not what programs inherit that are started.
static void surviveFileSizeLimit() {
  struct sigaction old, action = {};
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART;
  sigaction(SIGXFSZ, &action, &old);
  if (old.sa_handler == SIG_IGN)
    sigaction(SIGXFSZ, &old, nullptr);
}

Tool::Tool(const char *argv0, int failed)
    : name(sys::path::filename(argv0)), failed(failed) {
  surviveFileSizeLimit();
}

void Tool::warn(const Twine &message) const {
  errs() << name << ": warning: " << visible(message.str()) << "\n";
}

void Tool::printErrors(Error e, const Twine &context) const {
  outs().flush(); // What was said before comes before.
  handleAllErrors(std::move(e), [&](const ErrorInfoBase &info) {
    errs() << name << ": error: " << visible((context + info.message()).str())
           << "\n";
  });
}

int Tool::usageError(Error e) const {
  printErrors(std::move(e));
  errs() << "Try '" << name << " --help'.\n";
  return kUsage;
}

/// That there is such an option, and that its value is one of those that the
/// table lists.
static Error checkArgument(const GenericOptTable &table,
                           const InputArgList &args, const Arg &arg) {
  const std::string text = arg.getAsString(args);
  if (arg.getOption().getKind() == Option::UnknownClass)
    return error("unknown option {0}{1}", text, suggestOption(table, text));
  const std::vector<std::string> values = valuesOf(table, arg.getSpelling());
  if (values.empty())
    return Error::success();
  for (const StringRef value : split(StringRef(arg.getValue()), ','))
    if (!is_contained(values, value))
      return error("unknown value in {0}{1}", text, suggest(value, values));
  return Error::success();
}

int Tool::run(GenericOptTable &table, ArrayRef<const char *> arguments,
              StringRef usage, StringRef overview,
              function_ref<int(const InputArgList &)> work) const {
  BumpPtrAllocator allocator;
  SmallVector<const char *, 256> expanded(arguments);
  cl::ExpansionContext expansion(allocator, cl::TokenizeGNUCommandLine);
  if (Error e = expansion.expandResponseFiles(expanded))
    return usageError(std::move(e));

  table.setGroupedShortOptions(true);
  table.setDashDashParsing(true);
  unsigned missingIndex, missingCount;
  const InputArgList args =
      table.ParseArgs(expanded, missingIndex, missingCount);
  if (missingCount)
    return usageError(
        error("{0} needs a value", args.getArgString(missingIndex)));
  bool wantsHelp = false, wantsVersion = false;
  for (const Arg *arg : args) {
    if (Error e = checkArgument(table, args, *arg))
      return usageError(std::move(e));
    const Option option = arg->getOption();
    wantsHelp |= option.getPrefixedName() == "--help";
    wantsVersion |= option.getPrefixedName() == "--version";
  }
  if (wantsHelp)
    printHelp(table, name, usage, overview, outs());
  else if (wantsVersion)
    outs() << "objprelink " OBJPRELINK_VERSION " (LLVM " LLVM_VERSION_STRING
              ")\n";
  else
    return flushed(work(args));
  return flushed(0);
}

int Tool::flushed(int status) const {
  outs().flush();
  const std::error_code ec = outs().error();
  if (!ec)
    return status;
  outs().clear_error(); // Or its destructor ends the program.
  printErrors(errorCodeToError(ec), "standard output: ");
  return status ? status : failed;
}

} // namespace objprelink
