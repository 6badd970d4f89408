//===- main.cpp - objprelink-report ---------------------------------------===//

#include "CommandLine.h"
#include "Support/Diagnostics.h"
#include "Support/OutputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace objprelink;

/// Exit statuses, as the manual states them; Tool has that of wrong arguments.
enum Status { Done = 0, Failed = 1 };

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

static Error print(const CommandLine &commandLine, ArrayRef<Document> documents,
                   raw_ostream &out) {
  switch (commandLine.format) {
  case CommandLine::Format::Text:
    printText(documents, commandLine.text, out);
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
    printHtml(documents, out);
    break;
  }
  return Error::success();
}

static Error deliver(const CommandLine &commandLine,
                     ArrayRef<Document> documents) {
  if (commandLine.output == "-")
    return print(commandLine, documents, outs());
  std::string text;
  raw_string_ostream out(text);
  if (Error e = print(commandLine, documents, out))
    return e;
  return inContext(commandLine.output,
                   writeFile(commandLine.output, arrayRefFromStringRef(text)));
}

static Status run(const Tool &tool, const CommandLine &commandLine) {
  parallel::strategy = hardware_concurrency(commandLine.jobs);
  std::vector<Document> documents;
  Error e = report(commandLine, documents);
  for (const Document &document : documents)
    for (const std::string &warning : document.warnings)
      tool.warn(document.name + ": " + warning);
  if (!documents.empty())
    e = joinErrors(std::move(e), deliver(commandLine, documents));
  if (!e)
    return Done;
  tool.printErrors(std::move(e));
  return Failed;
}

int main(int argc, char **argv) {
  const Tool tool(argv[0]);
  return runCommandLine(tool, argc, argv, [&](const CommandLine &commandLine) {
    return run(tool, commandLine);
  });
}
