#include "Program/EntryPlan.h"
#include "Binding/TableStore.h"
#include "Program/DesktopEntry.h"
#include "Program/Launcher.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <sys/stat.h>

using namespace llvm;

namespace objprelink {

namespace {
/// A desktop entry that is installed.
struct InstalledDesktop {
  std::string path;
  /// Below the folder of all of them.
  std::string name;
  std::string text;
};

class Planner {
public:
  Planner(const Places &places, ArrayRef<Entry> entries)
      : places(places), entries(entries) {}
  Expected<EntryPlan> run(const FoundProgram &found);

private:
  void addPath(const FoundProgram &found);
  Error addLauncher(StringRef path);
  void planDesktop();
  void planCopy(const InstalledDesktop &desktop);
  std::string launcherOf(StringRef program);
  std::string realPathOf(StringRef program);
  bool isMeant(StringRef program);

  const Places &places;
  const ArrayRef<Entry> entries;
  /// The one that the program has already, or null.
  const Entry *old = nullptr;
  /// What the programs of Exec lines are.
  StringMap<std::string> realPaths;
  /// The paths of the entry, without symbolic links.
  StringSet<> own;
  EntryPlan out;
};
} // namespace

static std::string absolutePathOf(StringRef program) {
  if (sys::path::is_absolute(program))
    return program.str();
  ErrorOr<std::string> path = sys::findProgramByName(program);
  return path ? *path : std::string();
}

std::string Planner::realPathOf(StringRef program) {
  const auto [known, isNew] = realPaths.try_emplace(program);
  SmallString<128> real;
  if (isNew && !program.empty() &&
      !sys::fs::real_path(absolutePathOf(program), real))
    known->second = real.str().str();
  return known->second;
}

/// Whether \p program starts the program of the entry.
bool Planner::isMeant(StringRef program) {
  const std::string real = realPathOf(program);
  return !real.empty() && own.contains(real);
}

/// Two programs of one name cannot both have the launcher of that name.
Error Planner::addLauncher(StringRef path) {
  const StringRef name = sys::path::filename(path);
  for (const Launcher &launcher : out.entry.launchers)
    if (launcher.name == name)
      return launcher.path == path ? Error::success()
                                   : error("there is a launcher {0} for {1}",
                                           name, launcher.path);
  for (const Entry &other : entries)
    if (&other != old)
      for (const Launcher &launcher : other.launchers)
        if (launcher.name == name)
          return error("there is a launcher {0} for {1}", name, launcher.path);
  out.entry.launchers.push_back({name.str(), path.str()});
  return Error::success();
}

/// The launcher for \p program of an Exec line; empty if the line is about
/// something else.
std::string Planner::launcherOf(StringRef program) {
  if (!isMeant(program))
    return {};
  const std::string path = absolutePathOf(program);
  if (Error e = addLauncher(path)) {
    consumeError(std::move(e));
    return {};
  }
  return places.launcherOf(sys::path::filename(path));
}

/// Desktop entries by name, those that a menu would show. Copies of ours are
/// passed by.
static std::vector<InstalledDesktop> findDesktops(const Places &places) {
  std::vector<InstalledDesktop> out;
  StringSet<> seen;
  for (const std::string &folder : places.dataFolders) {
    const std::string top = folder + "/applications";
    std::vector<InstalledDesktop> here;
    std::error_code ec;
    for (sys::fs::recursive_directory_iterator at(top, ec), end;
         at != end && !ec; at.increment(ec)) {
      if (sys::path::extension(at->path()) != ".desktop")
        continue;
      Expected<InputFile> file = InputFile::open(at->path());
      if (!file) {
        consumeError(file.takeError());
        continue;
      }
      const StringRef text = toStringRef(file->bytes());
      if (valueInDesktopEntry(text, kDesktopMark).empty())
        here.push_back(
            {at->path(), at->path().substr(top.size() + 1), text.str()});
    }
    llvm::sort(here,
               [](const auto &a, const auto &b) { return a.name < b.name; });
    for (InstalledDesktop &desktop : here) {
      std::string id = desktop.name;
      std::replace(id.begin(), id.end(), '/', '-');
      if (seen.insert(id).second)
        out.push_back(std::move(desktop));
    }
  }
  return out;
}

void Planner::planCopy(const InstalledDesktop &desktop) {
  const std::string copy = places.applications + "/" + desktop.name;
  if (copy == desktop.path) {
    out.notes.push_back(copy + ": it is the user's own, and stays");
    return;
  }
  Expected<std::string> text =
      copyDesktopEntry(desktop.text, out.entry.name,
                       [&](StringRef program) { return launcherOf(program); });
  if (!text) {
    out.notes.push_back(desktop.path + ": " + toString(text.takeError()));
    return;
  }
  if (none_of(programsOfDesktopEntry(*text), [&](StringRef program) {
        return program.starts_with(places.folder + "/bin/");
      })) {
    out.notes.push_back(desktop.path +
                        ": none of its Exec lines begins with the program");
    return;
  }
  out.entry.desktop.push_back({desktop.path, copy});
  out.files.push_back({copy, std::move(*text)});
}

void Planner::planDesktop() {
  for (const InstalledDesktop &desktop : findDesktops(places)) {
    std::vector<std::string> programs = programsOfDesktopEntry(desktop.text);
    programs.push_back(valueInDesktopEntry(desktop.text, "TryExec").str());
    if (any_of(programs, [&](StringRef program) { return isMeant(program); }))
      planCopy(desktop);
  }
}

void Planner::addPath(const FoundProgram &found) {
  Entry &entry = out.entry;
  if (!is_contained(entry.paths, found.path))
    entry.paths.push_back(found.path);
  for (const std::string &step : found.via)
    if (!is_contained(entry.via, step))
      entry.via.push_back(step);
}

Expected<EntryPlan> Planner::run(const FoundProgram &found) {
  const auto at = find_if(entries, [&](const Entry &entry) {
    return entry.program == found.program ||
           is_contained(entry.paths, found.path);
  });
  old = at == entries.end() ? nullptr : &*at;
  Entry &entry = out.entry;
  entry.program = found.program;
  entry.name = sys::path::filename(found.path).str();
  if (old) {
    entry.name = old->name;
    for (const std::string &path : old->paths) {
      Expected<FoundProgram> again = findStarted(path, "");
      if (again && again->program == found.program) {
        addPath(*again);
        continue;
      }
      out.notes.push_back(path + ": " +
                          (again ? "it starts " + again->program
                                 : toString(again.takeError())));
    }
  }
  addPath(found);
  for (const Entry &other : entries)
    for (const std::string &folder : other.folders)
      if (!is_contained(entry.folders, folder))
        entry.folders.push_back(folder);
  own.insert(found.program);
  for (const std::string &path : entry.paths) {
    own.insert(realPathOf(path));
    if (Error e = addLauncher(path))
      return e;
  }
  planDesktop();
  std::vector<PlannedFile> files = {{places.recordOf(entry.name), {}}};
  for (const Launcher &launcher : entry.launchers)
    files.push_back({places.launcherOf(launcher.name),
                     printLauncher(places, entry, launcher.path), 0755});
  append_range(files, out.files);
  out.files = std::move(files);
  return std::move(out);
}

Expected<EntryPlan> planEntry(const Places &places, ArrayRef<Entry> entries,
                              StringRef name) {
  Expected<FoundProgram> found = findStarted(name, /*root=*/"");
  if (!found)
    return found.takeError();
  return Planner(places, entries).run(*found);
}

/// What is wrong about a file of an entry; empty if nothing is.
static std::string findProblem(const PlannedFile &planned, StringRef text) {
  Expected<InputFile> file = InputFile::open(planned.path);
  if (!file) {
    consumeError(file.takeError());
    return planned.path + ": it is not there";
  }
  if (toStringRef(file->bytes()) != text ||
      (file->status.st_mode & 0777) != planned.mode)
    return planned.path + ": it would be another now";
  return {};
}

std::vector<std::string> findProblems(const Places &places,
                                      const EntryPlan &plan) {
  std::vector<std::string> out;
  const std::string path = places.tableOf(plan.entry.name);
  Expected<TableFile> table = TableFile::open(path);
  if (!table) {
    out.push_back("its table: " + toString(table.takeError()));
  } else if (const std::string stale = table->staleness(""); !stale.empty()) {
    out.push_back(stale);
  } else if (table->text(table->table.header->program) != plan.entry.program) {
    out.push_back("what is started now is " + plan.entry.program);
  } else if (isMarked(path)) {
    out.push_back("a start has found its table out of date");
  }
  for (const PlannedFile &file : plan.files) {
    const bool isRecord = file.path == places.recordOf(plan.entry.name);
    std::string problem =
        findProblem(file, isRecord ? printRecord(plan.entry) : file.text);
    if (!problem.empty())
      out.push_back(std::move(problem));
  }
  return out;
}

} // namespace objprelink
