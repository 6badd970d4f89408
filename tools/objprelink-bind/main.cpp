//===- main.cpp - objprelink-bind -----------------------------------------===//

#include "Binding/BindProgram.h"
#include "Binding/PrintTable.h"
#include "Binding/TableStore.h"
#include "CommandLine.h"
#include "Runtime/Name.h"
#include "Support/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace objprelink;

/// Exit statuses, as the manual states them; Tool has that of wrong arguments.
enum Status { Done = 0, Failed = 1 };

static std::string tablePath(const CommandLine &commandLine, StringRef path) {
  return commandLine.folder + "/" + tableName(path);
}

static void describe(const CommandLine &commandLine,
                     const BoundProgram &program) {
  if (commandLine.quiet)
    return;
  outs() << formatv("{0}: {1} words of {2} of {3} objects bound, {4} "
                    "relocations of them left to the loader, {5} words "
                    "compared, {6} plugins, {7} bytes, {8}\n",
                    program.path, program.words, program.bound,
                    program.libraries, program.rest, program.compared,
                    program.plugins, program.tableBytes, program.carrier);
  if (commandLine.verbose)
    for (const std::string &left : program.left)
      outs() << "  " << left << "\n";
}

static Error bindOne(const CommandLine &commandLine, StringRef path,
                     CarrierChoice carrier, bool installs,
                     Interruptible &signals) {
  Expected<BoundProgram> bound =
      bindProgram({path.str(), commandLine.root, tablePath(commandLine, path),
                   commandLine.plugins, commandLine.pluginFiles, carrier},
                  signals);
  if (!bound)
    return bound.takeError();
  if (installs)
    if (Error e = bound->install())
      return e;
  describe(commandLine, *bound);
  return Error::success();
}

/// The carrier that \p table is made anew with: what the user has once chosen
/// stays.
static CarrierChoice carrierOf(const CommandLine &commandLine,
                               const TableFile &table) {
  const PreboundHeader &header = *table.table.header;
  if (commandLine.carrier != CarrierChoice::Auto ||
      table.text(header.reason) != kAskedFor)
    return commandLine.carrier;
  return header.chain ? CarrierChoice::Preload : CarrierChoice::Audit;
}

/// A table that would not be made now is out of date, whatever files say.
static Error verify(const CommandLine &commandLine, StringRef path,
                    Interruptible &signals) {
  Expected<TableFile> table = TableFile::open(tablePath(commandLine, path));
  if (!table)
    return table.takeError();
  if (const std::string stale = table->staleness(""); !stale.empty())
    return error("{0}", stale);
  return bindOne(commandLine, path, carrierOf(commandLine, *table),
                 /*installs=*/false, signals);
}

/// Why the table at \p path is to be made anew; empty if it is not.
static std::string staleness(const CommandLine &commandLine, StringRef path,
                             const TableFile &table) {
  const std::string stale = table.staleness(commandLine.root);
  if (stale.empty() && table.isOfImage() && commandLine.root.empty())
    return "it was made for an image, without the loader";
  return stale.empty() && isMarked(path) ? "a start has found it so" : stale;
}

/// Makes the table of the program at \p path anew if that is of use.
static Error refresh(const CommandLine &commandLine, StringRef path,
                     Interruptible &signals) {
  const std::string name = tablePath(commandLine, path);
  CarrierChoice carrier = commandLine.carrier;
  Expected<TableFile> table = TableFile::open(name);
  if (!table) // Of another version, for one.
    consumeError(table.takeError());
  else if (staleness(commandLine, name, *table).empty())
    return Error::success();
  else
    carrier = carrierOf(commandLine, *table);
  return bindOne(commandLine, path, carrier, !commandLine.dryRun, signals);
}

static Error remove(const CommandLine &commandLine, StringRef path) {
  if (const std::error_code ec = sys::fs::remove(tablePath(commandLine, path),
                                                 /*IgnoreNonExisting=*/false))
    return error("its table: {0}", ec.message());
  removeMark(tablePath(commandLine, path));
  (void)sys::fs::remove(tablePath(commandLine, path) + PREBOUND_RECORD);
  return Error::success();
}

static Error print(const CommandLine &commandLine, StringRef path) {
  Expected<TableFile> table = TableFile::open(tablePath(commandLine, path));
  if (!table)
    return table.takeError();
  printTable(*table, commandLine.verbose, outs());
  return Error::success();
}

/// One line: the program, its table's size, and what is wrong with it.
static void printStatus(const CommandLine &commandLine, StringRef path) {
  Expected<TableFile> table = TableFile::open(path);
  if (!table) {
    outs() << path << ": " << toString(table.takeError()) << "\n";
    return;
  }
  const std::string stale = staleness(commandLine, path, *table);
  const PreboundStarts starts = countStarts(path);
  uint64_t words = 0;
  for (const PreboundObject &object :
       ArrayRef(table->table.objects, table->table.objectCount))
    words += table->wordCount(object);
  outs() << formatv(
      "{0}: {1}, {2} objects, {3} words, {4} plugins, {5} bytes, {6}, {7} "
      "starts by it, {8} that it did not fit{9}\n",
      table->text(table->table.header->program),
      stale.empty() ? "current" : "out of date (" + stale + ")",
      table->table.objectCount, words, table->table.header->groups.count,
      table->size(),
      describeCarrier(table->table.header->chain,
                      table->text(table->table.header->reason)),
      starts.used, starts.refused,
      table->isOfImage() ? ", not compared with the loader" : "");
}

static Error status(const CommandLine &commandLine) {
  std::vector<std::string> paths;
  for (const std::string &name : commandLine.programs) {
    Expected<std::string> path = findProgram(name, commandLine.root);
    if (!path)
      return path.takeError();
    paths.push_back(tablePath(commandLine, *path));
    if (!sys::fs::exists(paths.back()))
      return error("{0}: it has no table", *path);
  }
  if (commandLine.programs.empty()) {
    Expected<std::vector<std::string>> all = listTables(commandLine.folder);
    if (!all)
      return all.takeError();
    paths = std::move(*all);
  }
  for (const std::string &path : paths)
    printStatus(commandLine, path);
  return Error::success();
}

static Error act(const CommandLine &commandLine, StringRef name,
                 Interruptible &signals) {
  Expected<std::string> path = findProgram(name, commandLine.root);
  if (!path)
    return path.takeError();
  using Action = CommandLine::Action;
  const auto one = [&]() -> Error {
    switch (commandLine.action) {
    case Action::Refresh:
      return refresh(commandLine, *path, signals);
    case Action::Verify:
      return verify(commandLine, *path, signals);
    case Action::Remove:
      return remove(commandLine, *path);
    case Action::Print:
      return print(commandLine, *path);
    default:
      return bindOne(commandLine, *path, commandLine.carrier,
                     !commandLine.dryRun, signals);
    }
  };
  return inContext(*path, one());
}

/// The programs that are named, or all that have a table.
static Expected<std::vector<std::string>>
programsOf(const CommandLine &commandLine) {
  if (!commandLine.programs.empty())
    return commandLine.programs;
  Expected<std::vector<std::string>> all = listTables(commandLine.folder);
  if (!all)
    return all.takeError();
  std::vector<std::string> out;
  for (const std::string &path : *all) {
    Expected<TableFile> table = TableFile::open(path);
    if (!table)
      return inContext(path, table.takeError());
    out.push_back(table->text(table->table.header->program).str());
  }
  return out;
}

static Status run(const Tool &tool, const CommandLine &commandLine) {
  if (commandLine.action == CommandLine::Action::Status) {
    Error e = status(commandLine);
    if (!e)
      return Done;
    tool.printErrors(std::move(e));
    return Failed;
  }
  Status result = Done;
  Interruptible signals;
  Expected<std::vector<std::string>> programs = programsOf(commandLine);
  if (!programs) {
    tool.printErrors(programs.takeError());
    return Failed;
  }
  for (const std::string &name : *programs)
    if (Error e = act(commandLine, name, signals)) {
      tool.printErrors(std::move(e));
      result = Failed;
    }
  return result;
}

int main(int argc, char **argv) {
  const Tool tool(argv[0]);
  return runCommandLine(tool, argc, argv, [&](const CommandLine &commandLine) {
    return run(tool, commandLine);
  });
}
