//===- main.cpp - objprelink-program --------------------------------------===//

#include "CommandLine.h"
#include "Images.h"
#include "Print.h"
#include "Program/AddProgram.h"
#include "Program/Launcher.h"
#include "Progress.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include <cstring>
#include <unistd.h>

using namespace llvm;
using namespace objprelink;

namespace {
class Session {
public:
  Session(const Tool &tool, const CommandLine &commandLine, Places places)
      : tool(tool), commandLine(commandLine), places(std::move(places)),
        progress(commandLine) {}
  int run();

private:
  /// Calls \p work for each program; the first failure is not the end.
  int forEach(function_ref<Error(const std::string &)> work);
  Error plan(const std::string &name, json::OStream *json);
  int planAll();
  Error add(const std::string &name);
  Error addPlanned(EntryPlan plan);
  Error refreshEntry(const Entry &entry);
  Error refresh(const std::string &name);
  int refreshAll();
  Error remove(const std::string &name);
  Error remove(const Entry &entry);
  int removeAll();
  Expected<Entry> find(const std::string &name) const;
  Expected<std::vector<EntryState>> states() const;
  int list();
  int start();

  const Tool &tool;
  const CommandLine &commandLine;
  const Places places;
  const Progress progress;
  Interruptible signals;
};
} // namespace

static std::string environmentValue(const char *name) {
  return sys::Process::GetEnv(name).value_or("");
}

int Session::forEach(function_ref<Error(const std::string &)> work) {
  int status = Done;
  for (auto [index, name] : enumerate(commandLine.programs)) {
    progress.say(formatv("{0} of {1}: {2} ...", index + 1,
                         commandLine.programs.size(), name));
    Error e = work(name);
    progress.say("");
    if (e) {
      tool.printErrors(std::move(e), name + ": ");
      status = Failed;
    }
    outs().flush();
    if (Error asked = signals.check()) {
      consumeError(std::move(asked));
      return Failed;
    }
  }
  return status;
}

Error Session::plan(const std::string &name, json::OStream *json) {
  Expected<std::vector<Entry>> entries = readEntries(places);
  if (!entries)
    return entries.takeError();
  Expected<EntryPlan> entry = planEntry(places, *entries, name);
  if (!entry)
    return entry.takeError();
  ClosureRequest request;
  request.program = entry->entry.program;
  request.libraryPath = environmentValue("LD_LIBRARY_PATH");
  request.preload = environmentValue("LD_PRELOAD");
  request.dlopenNotes = false;
  Expected<Prediction> prediction =
      predictStart(request, entry->entry.program, Allowed());
  if (!prediction)
    return prediction.takeError();
  progress.say("");
  const ProgramPlan plan = {name, std::move(*entry), std::move(*prediction)};
  if (json)
    printPlan(places, plan, *json);
  else
    printPlan(places, plan, outs());
  return Error::success();
}

int Session::planAll() {
  if (!commandLine.json)
    return forEach(
        [&](const std::string &name) { return plan(name, nullptr); });
  json::OStream json(outs(), /*IndentSize=*/2);
  int status = Done;
  json.array([&] {
    status =
        forEach([&](const std::string &name) { return plan(name, &json); });
  });
  outs() << "\n";
  return status;
}

Error Session::addPlanned(EntryPlan plan) {
  BindRequest wish;
  wish.plugins = commandLine.plugins;
  Expected<AddedProgram> added =
      addProgram(places, std::move(plan), wish, signals);
  if (!added)
    return added.takeError();
  progress.say("");
  if (commandLine.quiet)
    return Error::success();
  const Entry &entry = added->plan.entry;
  const BoundProgram &bound = added->bound;
  outs() << formatv(
      "{0}: {1} of {2} objects bound, {3} words compared with the "
      "loader's, {4} plugins, {5} bytes, {6} desktop entries\n",
      entry.name, bound.bound, bound.libraries, bound.compared, bound.plugins,
      bound.tableBytes, entry.desktop.size());
  outs() << formatv("  start it by {0}{1} or by 'objprelink-program run {2}'\n",
                    entry.desktop.empty() ? "" : "its menu entry, by ",
                    places.launcherOf(entry.launchers.front().name),
                    entry.name);
  for (const std::string &note : added->plan.notes)
    outs() << "  " << note << "\n";
  if (commandLine.verbose)
    for (const std::string &left : bound.left)
      outs() << "  left to the loader: " << left << "\n";
  return Error::success();
}

Error Session::add(const std::string &name) {
  Expected<std::vector<Entry>> entries = readEntries(places);
  if (!entries)
    return entries.takeError();
  Expected<EntryPlan> plan = planEntry(places, *entries, name);
  if (!plan)
    return plan.takeError();
  return addPlanned(std::move(*plan));
}

Expected<Entry> Session::find(const std::string &name) const {
  Expected<std::vector<Entry>> entries = readEntries(places);
  if (!entries)
    return entries.takeError();
  const Entry *entry = findEntry(*entries, name);
  if (!entry)
    return error("it has not been added");
  return *entry;
}

/// The plan of \p entry as it would be made now, by a path that still is there.
static Expected<EntryPlan> planAgain(const Places &places, const Entry &entry) {
  Expected<std::vector<Entry>> entries = readEntries(places);
  if (!entries)
    return entries.takeError();
  std::optional<Error> first;
  for (const std::string &path : entry.paths) {
    Expected<EntryPlan> plan = planEntry(places, *entries, path);
    if (plan) {
      if (first)
        consumeError(std::move(*first));
      return plan;
    }
    if (!first)
      first.emplace(plan.takeError());
    else
      consumeError(plan.takeError());
  }
  return std::move(*first);
}

/// Whether nothing is left that \p entry could start.
static bool isGone(const Entry &entry) {
  return none_of(entry.paths,
                 [](const std::string &path) { return sys::fs::exists(path); });
}

Error Session::refreshEntry(const Entry &entry) {
  if (isGone(entry)) {
    if (Error e = removeEntry(places, entry))
      return e;
    if (!commandLine.quiet)
      outs() << entry.name << ": removed, since " << entry.paths.front()
             << " is gone\n";
    return Error::success();
  }
  Expected<EntryPlan> plan = planAgain(places, entry);
  if (!plan)
    return plan.takeError();
  if (findProblems(places, *plan).empty())
    return Error::success();
  return addPlanned(std::move(*plan));
}

Error Session::refresh(const std::string &name) {
  Expected<Entry> entry = find(name);
  if (!entry)
    return entry.takeError();
  return refreshEntry(*entry);
}

/// For package managers too: what cannot be made anew is not used, and so is
/// no failure of anything.
int Session::refreshAll() {
  Expected<std::vector<Entry>> entries = readEntries(places);
  if (!entries) {
    if (!commandLine.quiet)
      tool.printErrors(entries.takeError());
    else
      consumeError(entries.takeError());
    return Done;
  }
  for (const Entry &entry : *entries) {
    progress.say(entry.name + " ...");
    Error e = refreshEntry(entry);
    progress.say("");
    if (e && !commandLine.quiet)
      tool.printErrors(std::move(e), entry.name + ": ");
    else
      consumeError(std::move(e));
    outs().flush();
    if (Error asked = signals.check()) {
      consumeError(std::move(asked));
      return Done;
    }
  }
  return Done;
}

Error Session::remove(const std::string &name) {
  Expected<Entry> entry = find(name);
  if (!entry)
    return entry.takeError();
  return remove(*entry);
}

Error Session::remove(const Entry &entry) {
  if (Error e = removeEntry(places, entry))
    return e;
  if (!commandLine.quiet)
    outs() << entry.name << ": removed\n";
  return Error::success();
}

int Session::removeAll() {
  Expected<std::vector<Entry>> entries = readEntries(places);
  if (!entries) {
    tool.printErrors(entries.takeError());
    return Failed;
  }
  int status = Done;
  for (const Entry &entry : *entries)
    if (Error e = remove(entry)) {
      tool.printErrors(std::move(e), entry.name + ": ");
      status = Failed;
    }
  return status;
}

Expected<std::vector<EntryState>> Session::states() const {
  Expected<std::vector<Entry>> entries = readEntries(places);
  if (!entries)
    return entries.takeError();
  std::vector<EntryState> out;
  const auto add = [&](const Entry &entry) {
    Expected<EntryPlan> plan = planAgain(places, entry);
    std::vector<std::string> problems;
    if (plan)
      problems = findProblems(places, *plan);
    else
      problems.push_back(toString(plan.takeError()));
    out.push_back({entry, std::move(problems)});
  };
  for (const std::string &name : commandLine.programs) {
    const Entry *entry = findEntry(*entries, name);
    if (!entry)
      return error("{0}: it has not been added", name);
    add(*entry);
  }
  if (commandLine.programs.empty())
    for (const Entry &entry : *entries)
      add(entry);
  return out;
}

int Session::list() {
  Expected<std::vector<EntryState>> all = states();
  if (!all) {
    tool.printErrors(all.takeError());
    return Failed;
  }
  const bool isCheck = commandLine.verb == CommandLine::Verb::Check;
  if (commandLine.json) {
    json::OStream json(outs(), /*IndentSize=*/2);
    json.array([&] {
      for (const EntryState &state : *all)
        printState(places, state, json);
    });
    outs() << "\n";
  } else if (!commandLine.quiet) {
    for (const EntryState &state : *all)
      printState(places, state, isCheck || commandLine.verbose, outs());
  }
  const bool isCurrent = all_of(
      *all, [](const EntryState &state) { return state.problems.empty(); });
  return isCheck && !isCurrent ? OutOfDate : Done;
}

int Session::run() {
  using Verb = CommandLine::Verb;
  switch (commandLine.verb) {
  case Verb::Plan:
    return planAll();
  case Verb::Add:
    return forEach([&](const std::string &name) { return add(name); });
  case Verb::Refresh:
    return commandLine.all ? refreshAll()
                           : forEach([&](const std::string &name) {
                               return refresh(name);
                             });
  case Verb::Remove:
    return commandLine.all
               ? removeAll()
               : forEach([&](const std::string &name) { return remove(name); });
  default:
    return list();
  }
}

/// Becomes the program: by its entry, or else as objprelink-start has it. The
/// user's own entries come first.
static int start(const Tool &tool, const CommandLine &commandLine) {
  const std::string &name = commandLine.programs.front();
  std::vector<std::string> command;
  std::string starter;
  for (const bool isUsers : {true, false}) {
    Expected<Places> places = findPlaces(isUsers);
    Expected<std::vector<Entry>> entries =
        places ? readEntries(*places) : places.takeError();
    if (places)
      starter = places->starter;
    if (!entries) {
      tool.warn(toString(entries.takeError()));
      continue;
    }
    const Entry *entry = findEntry(*entries, name);
    if (!entry || !command.empty())
      continue;
    std::string path =
        name.find('/') == std::string::npos ? entry->paths.front() : name;
    for (const Launcher &launcher : entry->launchers)
      if (launcher.name == name)
        path = launcher.path;
    command = startCommand(*places, *entry, path);
  }
  if (command.empty())
    command = {starter, "--", name};
  append_range(command, commandLine.arguments);
  std::vector<char *> arguments;
  for (std::string &word : command)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  tool.printErrors(error("{0}: {1}", command[0], std::strerror(errno)));
  return 126;
}

int main(int argc, char **argv) {
  const Tool tool(argv[0]);
  return runCommandLine(tool, argc, argv, [&](const CommandLine &commandLine) {
    if (commandLine.verb == CommandLine::Verb::Run)
      return start(tool, commandLine);
    if (!commandLine.root.empty())
      return runOnImage(tool, commandLine);
    Expected<Places> places = findPlaces(commandLine.isUsers);
    if (!places) {
      tool.printErrors(places.takeError());
      return int(Failed);
    }
    return Session(tool, commandLine, std::move(*places)).run();
  });
}
