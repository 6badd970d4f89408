//===- main.cpp - objprelink-report ---------------------------------------===//

#include "CommandLine.h"
#include "Inputs.h"
#include "Report/Gate.h"
#include "Support/Diagnostics.h"
#include "Support/OutputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/raw_ostream.h"
#include <ctime>
#include <unistd.h>

using namespace llvm;
using namespace objprelink;

/// Exit statuses, as the manual states them; Tool has that of wrong arguments.
enum Status { Done = 0, Failed = 1, Exceeded = 3 };

namespace {
/// What there is to print, and what the gate says of it.
struct Answer {
  std::vector<Document> documents;
  unsigned over = 0, notRewritten = 0, unknown = 0;
  unsigned reports = 0;
  bool isExceeded() const { return over || notRewritten; }
};
} // namespace

/// Has the gate look at \p now and say in \p shown what it finds. Returns
/// whether that is worth a reader's time.
static Expected<bool> check(const CommandLine &commandLine,
                            const Document *before, Document &now,
                            Document &shown, Answer &answer) {
  ++answer.reports;
  bool passes = true;
  if (!commandLine.limits.empty()) {
    Expected<bool> holds = checkLimits(commandLine.limits, before, now, shown);
    if (!holds)
      return holds.takeError();
    answer.over += !*holds;
    passes = *holds;
  }
  if (!commandLine.expectRewritten)
    return !passes;
  const Rewritten rewritten = checkRewritten(now, shown);
  answer.notRewritten += rewritten == Rewritten::No;
  answer.unknown += rewritten == Rewritten::Unknown;
  return !passes || rewritten == Rewritten::No ||
         rewritten == Rewritten::Unknown;
}

/// Adds \p shown to \p answer, unless it is one of many that pass.
static Error add(const CommandLine &commandLine, const Document *before,
                 Document &now, Document shown, bool isOne, Answer &answer) {
  Expected<bool> isWorth = check(commandLine, before, now, shown, answer);
  if (!isWorth)
    return isWorth.takeError();
  if (*isWorth || isOne || !commandLine.text.summaryOnly)
    answer.documents.push_back(std::move(shown));
  return Error::success();
}

static Error compare(const CommandLine &commandLine, Inputs &inputs,
                     Answer &answer) {
  std::vector<std::string> unpaired;
  std::vector<Document> &now = inputs.reports[1];
  const std::vector<ReportPair> pairs =
      pairReports(inputs.reports[0], now, unpaired);
  Error errors = Error::success();
  for (auto [pair, after] : zip_equal(pairs, now)) {
    Error e = Error::success();
    if (!pair.before) {
      e = add(commandLine, nullptr, after, after, pairs.size() == 1, answer);
    } else {
      Expected<Document> changes = compareDocuments(*pair.before, after);
      e = changes ? add(commandLine, pair.before, after, std::move(*changes),
                        pairs.size() == 1, answer)
                  : changes.takeError();
    }
    errors = joinErrors(std::move(errors), std::move(e));
  }
  if (!answer.documents.empty())
    append_range(answer.documents.front().warnings, unpaired);
  return errors;
}

static Error report(const CommandLine &commandLine, Answer &answer) {
  using Action = CommandLine::Action;
  Inputs inputs;
  Error errors = Error::success();
  if (commandLine.action == Action::Run ||
      commandLine.action == Action::Process) {
    Expected<Document> document = commandLine.action == Action::Run
                                      ? reportRun(commandLine.run)
                                      : reportProcess(commandLine.pid);
    if (!document)
      return document.takeError();
    inputs.reports.push_back({std::move(*document)});
  } else {
    errors = readInputs(commandLine, inputs);
  }
  if (commandLine.compares) {
    // One of the two that were to be compared is no answer.
    if (errors)
      return errors;
    return compare(commandLine, inputs, answer);
  }
  size_t count = 0;
  for (const std::vector<Document> &reports : inputs.reports)
    count += reports.size();
  for (std::vector<Document> &reports : inputs.reports)
    for (Document &document : reports)
      errors = joinErrors(std::move(errors), add(commandLine, nullptr, document,
                                                 document, count == 1, answer));
  return errors;
}

/// The table of most interest in the documents of an action.
static StringRef usualTable(const CommandLine &commandLine) {
  if (commandLine.compares)
    return "changes";
  switch (commandLine.action) {
  case CommandLine::Action::Closures:
    return commandLine.closure.lookUps ? "look_ups" : "libraries";
  case CommandLine::Action::Run:
  case CommandLine::Action::Process:
    return "mappings";
  default:
    return "relocations";
  }
}

/// The last line of a gate: what came of all.
static void printCount(const CommandLine &commandLine, const Answer &answer,
                       raw_ostream &out) {
  if (!commandLine.text.summaryOnly || answer.reports < 2)
    return;
  out << formatv("{0} reports", answer.reports);
  if (!commandLine.limits.empty())
    out << formatv(", {0} over a limit", answer.over);
  if (commandLine.expectRewritten)
    out << formatv(", {0} not rewritten", answer.notRewritten);
  if (answer.unknown)
    out << formatv(", {0} that cannot be told", answer.unknown);
  out << '\n';
}

/// Now, or what SOURCE_DATE_EPOCH says, for pages that are to be the same.
static std::string dateText() {
  time_t now = ::time(nullptr);
  if (const char *epoch = ::getenv("SOURCE_DATE_EPOCH")) {
    uint64_t seconds = 0;
    if (!StringRef(epoch).getAsInteger(10, seconds))
      now = static_cast<time_t>(seconds);
  }
  char text[64];
  struct tm parts;
  if (!::gmtime_r(&now, &parts) ||
      !::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts))
    return "";
  return text;
}

static std::string hostText() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) ? "" : name;
}

static Error print(const CommandLine &commandLine, const Answer &answer,
                   raw_ostream &out) {
  const ArrayRef<Document> documents = answer.documents;
  switch (commandLine.format) {
  case CommandLine::Format::Text:
    printText(documents, commandLine.text, out);
    printCount(commandLine, answer, out);
    break;
  case CommandLine::Format::Json:
    printJson(documents, out);
    break;
  case CommandLine::Format::Csv:
    return printCsv(documents,
                    commandLine.table.empty() ? usualTable(commandLine)
                                              : StringRef(commandLine.table),
                    out);
  case CommandLine::Format::Html:
    printHtml(documents, {dateText(), hostText()}, out);
    break;
  }
  return Error::success();
}

static Error deliver(const CommandLine &commandLine, const Answer &answer) {
  if (commandLine.output == "-")
    return print(commandLine, answer, outs());
  std::string text;
  raw_string_ostream out(text);
  if (Error e = print(commandLine, answer, out))
    return e;
  return inContext(commandLine.output,
                   writeFile(commandLine.output, arrayRefFromStringRef(text)));
}

/// Whether a program that was run has failed; its report says how.
static bool hasFailedRuns(const Answer &answer) {
  return any_of(answer.documents, [](const Document &document) {
    const Fact *failed = document.fact("failed_runs");
    return failed && numberOf(failed->value).value_or(0) > 0;
  });
}

static Status run(const Tool &tool, const CommandLine &commandLine) {
  parallel::strategy = hardware_concurrency(commandLine.jobs);
  Answer answer;
  Error e = report(commandLine, answer);
  for (const Document &document : answer.documents)
    for (const std::string &warning : document.warnings)
      tool.warn(document.name + ": " + warning);
  if (answer.reports)
    e = joinErrors(std::move(e), deliver(commandLine, answer));
  if (!e)
    return hasFailedRuns(answer) ? Failed
           : answer.isExceeded() ? Exceeded
                                 : Done;
  tool.printErrors(std::move(e));
  return Failed;
}

int main(int argc, char **argv) {
  const Tool tool(argv[0]);
  return runCommandLine(tool, argc, argv, [&](const CommandLine &commandLine) {
    return run(tool, commandLine);
  });
}
