#include "Images.h"
#include "Print.h"
#include "Program/ImageProgram.h"
#include "Progress.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace objprelink {

/// How many libraries a plan shows.
static constexpr size_t kShown = 8;

static const char *const kRow = "  {0,-12} {1}\n";

static void printPlan(const std::string &name, const ImagePlan &plan,
                      const Allowed &allowed, bool verbose) {
  const Prediction &prediction = plan.prediction;
  outs() << name << ": " << plan.found.program << "\n";
  if (prediction.noTable.empty())
    outs() << formatv(kRow, "table",
                      formatv("{0:N} symbol look-ups before main become {1:N}; "
                              "{2} of {3} objects, {4:N} bytes",
                              prediction.lookUps, prediction.byTable,
                              prediction.bound, prediction.libraries,
                              prediction.tableBytes));
  else
    outs() << formatv(kRow, "table", "none: " + prediction.noTable);
  std::vector<RewriteChoice> chosen = prediction.choices;
  erase_if(chosen, [](const RewriteChoice &choice) { return !choice.pays; });
  llvm::sort(chosen, [](const RewriteChoice &a, const RewriteChoice &b) {
    return a.lookUps - a.lookUpsThen > b.lookUps - b.lookUpsThen;
  });
  outs() << formatv(
      kRow, "libraries",
      formatv("{0} of {1} are rewritten in place, which saves {2:N} "
              "look-ups without the table and {3:N} beside it",
              chosen.size(), prediction.libraries, prediction.savedByRewrite,
              prediction.savedBeside));
  const size_t shown =
      verbose ? chosen.size() : std::min(chosen.size(), kShown);
  for (const RewriteChoice &choice : ArrayRef(chosen).take_front(shown))
    outs() << formatv(kRow, "", choice.path + ": " + choice.reason);
  if (shown < chosen.size())
    outs() << formatv(kRow, "", formatv("and {0} more", chosen.size() - shown));
  if (verbose)
    for (const RewriteChoice &choice : prediction.choices)
      if (!choice.pays)
        outs() << formatv(kRow, "as it is", choice.path + ": " + choice.reason);
  const std::vector<std::string> given = describeGivenUp(allowed);
  for (const std::string &line : given)
    outs() << formatv(kRow, "given up", line);
  if (given.empty())
    outs() << formatv(kRow, "hardening",
                      "as it is: BIND_NOW, RELRO and random addresses stay");
}

static void printPlan(const ImagePlan &plan, json::OStream &out) {
  const Prediction &prediction = plan.prediction;
  out.object([&] {
    out.attribute("program", plan.found.program);
    printPrediction(prediction, out);
    out.attribute("table_bytes", prediction.tableBytes);
    out.attributeArray("libraries", [&] {
      for (const RewriteChoice &choice : prediction.choices)
        out.object([&] {
          out.attribute("path", json::fixUTF8(choice.path));
          out.attribute("rewritten", choice.pays);
          out.attribute("reason", json::fixUTF8(choice.reason));
        });
    });
  });
}

static int planAll(const Tool &tool, const CommandLine &commandLine,
                   const Root &root, json::OStream *json) {
  int status = Done;
  for (const std::string &name : commandLine.programs) {
    Expected<ImagePlan> plan = planInImage(root, name, commandLine.allowed);
    if (plan && json) {
      printPlan(*plan, *json);
      continue;
    }
    if (plan) {
      printPlan(name, *plan, commandLine.allowed, commandLine.verbose);
      continue;
    }
    tool.printErrors(plan.takeError(), name + ": ");
    status = Failed;
  }
  return status;
}

static int plan(const Tool &tool, const CommandLine &commandLine,
                const Root &root) {
  if (!commandLine.json)
    return planAll(tool, commandLine, root, nullptr);
  json::OStream json(outs(), /*IndentSize=*/2);
  int status = Done;
  json.array([&] { status = planAll(tool, commandLine, root, &json); });
  outs() << "\n";
  return status;
}

/// A line for each program, and for the libraries.
static void describeManifest(const ImageManifest &manifest, bool verbose) {
  for (const ImageProgram &program : manifest.programs)
    outs() << (program.noTable.empty()
                   ? formatv(
                         "{0}: {1}, {2} of {3} objects bound, {4} bytes, not "
                         "compared with the loader\n",
                         program.name, program.program, program.bound,
                         program.objects, program.tableBytes)
                         .str()
                   : formatv("{0}: {1}, no table: {2}\n", program.name,
                             program.program, program.noTable)
                         .str());
  uint64_t saved = 0, grown = 0;
  for (const RewrittenLibrary &library : manifest.libraries) {
    saved += library.lookUpsBefore - library.lookUpsAfter;
    grown += library.sizeAfter - library.sizeBefore;
  }
  outs() << formatv(
      "{0} libraries rewritten, {1} left as they are, {2} look-ups "
      "saved in them, {3} bytes more\n",
      manifest.libraries.size(), manifest.left.size(), saved, int64_t(grown));
  for (const std::string &line : manifest.givenUp)
    outs() << "given up: " << line << "\n";
  if (!verbose)
    return;
  for (const RewrittenLibrary &library : manifest.libraries)
    outs() << formatv(
        "  {0}: {1}, {2} slots, {3} functions, {4} look-ups before "
        "main become {5}\n",
        library.path, library.how, library.slots, library.functions,
        library.lookUpsBefore, library.lookUpsAfter);
  for (const LeftLibrary &library : manifest.left)
    outs() << formatv("  {0}: left as it is: {1}\n", library.path,
                      library.reason);
}

static int list(const Tool &tool, const CommandLine &commandLine,
                const Root &root) {
  Expected<ImageManifest> manifest = readManifest(root);
  if (!manifest) {
    tool.printErrors(manifest.takeError());
    return Failed;
  }
  const bool isCheck = commandLine.verb == CommandLine::Verb::Check;
  Expected<std::vector<std::string>> problems =
      isCheck ? checkImage(root, *manifest) : std::vector<std::string>();
  if (!problems) {
    tool.printErrors(problems.takeError());
    return Failed;
  }
  if (commandLine.json && isCheck) {
    json::OStream json(outs(), /*IndentSize=*/2);
    json.array([&] {
      for (const std::string &problem : *problems)
        json.value(json::fixUTF8(problem));
    });
    outs() << "\n";
  } else if (commandLine.json)
    outs() << printManifest(*manifest);
  else if (!commandLine.quiet && !isCheck)
    describeManifest(*manifest, commandLine.verbose);
  if (!commandLine.json && !commandLine.quiet)
    for (const std::string &problem : *problems)
      outs() << problem << "\n";
  return problems->empty() ? Done : OutOfDate;
}

int runOnImage(const Tool &tool, const CommandLine &commandLine) {
  using Verb = CommandLine::Verb;
  const Root root(commandLine.root);
  if (commandLine.verb == Verb::Plan)
    return plan(tool, commandLine, root);
  if (commandLine.verb != Verb::Add && commandLine.verb != Verb::Undo)
    return list(tool, commandLine, root);
  Interruptible signals;
  std::vector<std::string> said;
  ImageManifest manifest;
  Error e = Error::success();
  if (commandLine.verb == Verb::Undo) {
    e = joinErrors(std::move(e), undoInImage(root, said));
  } else {
    const Progress progress(commandLine);
    Expected<ImageManifest> added =
        addToImage(root, commandLine.programs, commandLine.allowed, signals,
                   said, [&](StringRef path) { progress.say(path + " ..."); });
    if (added)
      manifest = std::move(*added);
    else
      e = joinErrors(std::move(e), added.takeError());
  }
  if (!commandLine.quiet)
    for (const std::string &line : said)
      outs() << line << "\n";
  if (e) {
    tool.printErrors(std::move(e));
    return Failed;
  }
  if (!commandLine.quiet && commandLine.verb == Verb::Add)
    describeManifest(manifest, commandLine.verbose);
  return Done;
}

} // namespace objprelink
