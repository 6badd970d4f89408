//===- main.cpp - objprelink-report ---------------------------------------===//

#include "CommandLine.h"
#include "Support/Diagnostics.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace objprelink;

/// Exit statuses, as the manual states them.
enum Status { Done = 0, Failed = 1, Usage = 2 };

static void printErrors(StringRef program, Error e) {
  handleAllErrors(std::move(e), [&](const ErrorInfoBase &info) {
    errs() << program << ": error: " << visible(info.message()) << "\n";
  });
}

static Expected<Document> reportOne(const CommandLine &commandLine,
                                    StringRef file) {
  Expected<Document> document =
      commandLine.action == CommandLine::Action::Closures
          ? reportClosure(file, commandLine.closure)
          : reportFile(file);
  if (!document)
    return inContext(file, document.takeError());
  return document;
}

/// Reports on each file, in parallel. What cannot be reported on is an error
/// beside the documents of the others.
static Error reportEach(const CommandLine &commandLine,
                        std::vector<Document> &documents) {
  std::vector<std::optional<Expected<Document>>> results(
      commandLine.files.size());
  const auto work = [&](size_t i) {
    results[i].emplace(reportOne(commandLine, commandLine.files[i]));
  };
  // One file leaves the threads to what it consists of.
  if (results.size() == 1)
    work(0);
  else
    parallelFor(0, results.size(), work);
  Error errors = Error::success();
  for (std::optional<Expected<Document>> &result : results)
    if (*result)
      documents.push_back(std::move(**result));
    else
      errors = joinErrors(std::move(errors), result->takeError());
  return errors;
}

static Error report(const CommandLine &commandLine,
                    std::vector<Document> &documents) {
  const auto add = [&](Expected<Document> document) -> Error {
    if (!document)
      return document.takeError();
    documents = {std::move(*document)};
    return Error::success();
  };
  switch (commandLine.action) {
  case CommandLine::Action::Run:
    return add(reportRun(commandLine.run));
  case CommandLine::Action::Process:
    return add(reportProcess(commandLine.pid));
  default:
    break;
  }
  if (Error e = reportEach(commandLine, documents)) {
    // One of the two that were to be compared is no answer.
    if (commandLine.compares)
      documents.clear();
    return e;
  }
  if (commandLine.compares) {
    Expected<Document> changes = compareDocuments(documents[0], documents[1]);
    documents.clear();
    return add(std::move(changes));
  }
  return Error::success();
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

static Error print(const CommandLine &commandLine,
                   ArrayRef<Document> documents) {
  std::error_code ec;
  raw_fd_ostream out(commandLine.output, ec, sys::fs::OF_None);
  if (ec)
    return error("{0}: {1}", commandLine.output, ec.message());
  Error e = Error::success();
  switch (commandLine.format) {
  case CommandLine::Format::Text:
    printText(documents, commandLine.text, out);
    break;
  case CommandLine::Format::Json:
    printJson(documents, out);
    break;
  case CommandLine::Format::Csv:
    e = printCsv(documents,
                 commandLine.table.empty() ? usualTable(commandLine)
                                           : StringRef(commandLine.table),
                 out);
    break;
  case CommandLine::Format::Html:
    printHtml(documents, out);
    break;
  }
  out.flush();
  if (out.has_error()) {
    e = joinErrors(std::move(e), error("{0}: {1}", commandLine.output,
                                       out.error().message()));
    out.clear_error();
  }
  return e;
}

static Status run(StringRef program, const CommandLine &commandLine) {
  parallel::strategy = hardware_concurrency(commandLine.jobs);
  std::vector<Document> documents;
  Error e = report(commandLine, documents);
  for (const Document &document : documents)
    for (const std::string &warning : document.warnings)
      errs() << program
             << ": warning: " << visible(document.name + ": " + warning)
             << "\n";
  if (!documents.empty())
    e = joinErrors(std::move(e), print(commandLine, documents));
  if (!e)
    return Done;
  printErrors(program, std::move(e));
  return Failed;
}

int main(int argc, char **argv) {
  const StringRef program = sys::path::filename(argv[0]);
  Expected<CommandLine> commandLine = parseCommandLine(argc, argv);
  if (!commandLine) {
    printErrors(program, commandLine.takeError());
    errs() << "Try '" << program << " --help'.\n";
    return Usage;
  }
  switch (commandLine->action) {
  case CommandLine::Action::Help:
    printHelp(program);
    return Done;
  case CommandLine::Action::Version:
    outs() << "objprelink " OBJPRELINK_VERSION " (LLVM " LLVM_VERSION_STRING
              ")\n";
    return Done;
  default:
    return run(program, *commandLine);
  }
}
