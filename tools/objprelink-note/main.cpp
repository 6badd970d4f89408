//===- main.cpp - objprelink-note -----------------------------------------===//

#include "CommandLine.h"
#include "Driver/RewriteFile.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace objprelink;

/// Exit statuses, as the manual states them; Tool has that of wrong arguments.
enum Status { Done = 0, Refused = 1 };

/// "liba.so.2 or liba.so.1: feature a, recommended: plays a".
static std::string describe(const DlopenNote &note) {
  std::string out = join(note.sonames, " or ");
  if (!note.feature.empty())
    out += ": feature " + note.feature;
  out += (note.feature.empty() ? ": " : ", ") +
         (note.priority.empty() ? "recommended" : note.priority);
  if (!note.description.empty())
    out += ": " + note.description;
  return out;
}

static json::Value jsonOf(const DlopenNote &note) {
  json::Object out;
  out["soname"] = json::Array(note.sonames);
  for (const auto &[key, value] : {std::pair("feature", note.feature),
                                   {"description", note.description},
                                   {"priority", note.priority}})
    if (!value.empty())
      out[key] = json::fixUTF8(value);
  return out;
}

static Error print(const CommandLine &commandLine, StringRef file) {
  Expected<NotesOfFile> found = readNotesOf(file);
  if (!found)
    return found.takeError();
  if (commandLine.json) {
    json::Array entries;
    for (DlopenNote &note : found->notes) {
      for (std::string &name : note.sonames)
        name = json::fixUTF8(name);
      entries.push_back(jsonOf(note));
    }
    outs() << formatv("{0:2}\n", json::Value(std::move(entries)));
    return Error::success();
  }
  if (found->notes.empty() && !commandLine.quiet)
    outs() << visible((file + ": no notes of dlopen()").str()) << "\n";
  const size_t old = found->notes.size() - found->added;
  for (const auto &[index, note] : enumerate(found->notes))
    outs() << visible((file + ": opens " + describe(note) +
                       (index < old ? "" : " (added)"))
                          .str())
           << "\n";
  return Error::success();
}

static Error change(const CommandLine &commandLine, StringRef file) {
  const bool writesToStdout = commandLine.config.output.empty()
                                  ? file == "-"
                                  : commandLine.config.output == "-";
  Diagnostics diagnostics;
  Error e = commandLine.action == CommandLine::Action::Undo
                ? undoFile(file, UndoOf::Notes, commandLine.config, diagnostics)
                : addNotesTo(file, commandLine.wish, commandLine.config,
                             diagnostics, commandLine.quiet);
  for (const std::string &line : diagnostics.notes)
    (writesToStdout ? errs() : outs()) << visible((file + line).str()) << "\n";
  return e;
}

static Status run(const Tool &tool, const CommandLine &commandLine) {
  Status status = Done;
  for (const std::string &file : commandLine.files)
    if (Error e = commandLine.action == CommandLine::Action::Print
                      ? print(commandLine, file)
                      : change(commandLine, file)) {
      tool.printErrors(std::move(e), file + ": ");
      status = Refused;
    }
  return status;
}

static Status verify(const Tool &tool, const CommandLine &commandLine) {
  const StringRef before = commandLine.files[0], after = commandLine.files[1];
  if (Error e = verifyNotesOf(before, after)) {
    tool.printErrors(std::move(e));
    return Refused;
  }
  if (!commandLine.quiet)
    outs() << visible((after + ": is " + before + " with a note more").str())
           << "\n";
  return Done;
}

int main(int argc, char **argv) {
  const Tool tool(argv[0]);
  return runCommandLine(tool, argc, argv, [&](const CommandLine &commandLine) {
    return commandLine.action == CommandLine::Action::Verify
               ? verify(tool, commandLine)
               : run(tool, commandLine);
  });
}
