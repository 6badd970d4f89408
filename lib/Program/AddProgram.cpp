#include "Program/AddProgram.h"
#include "Binding/TableStore.h"
#include "Support/Diagnostics.h"
#include "Support/LLVMVersion.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include <cstring>
#include <sys/stat.h>

using namespace llvm;

namespace objprelink {

/// Writes \p file without giving it its name.
static Expected<PendingFile> write(const PlannedFile &file, StringRef text) {
  Expected<PendingFile> out =
      PendingFile::create(file.path, file.mode, text.size());
  if (!out)
    return inContext(file.path, out.takeError());
  // Whatever the umask is.
  if (::fchmod(out->fd(), file.mode))
    return error("{0}: {1}", file.path, ::strerror(errno));
  if (Error e = out->fill(arrayRefFromStringRef(text)))
    return inContext(file.path, std::move(e));
  return out;
}

/// Removes the copies and launchers that \p old has and \p now has not.
static Error removeOthers(const Places &places, const Entry &old, Entry now) {
  Entry rest = old;
  erase_if(rest.desktop, [&](const DesktopCopy &copy) {
    return any_of(now.desktop, [&](const DesktopCopy &other) {
      return other.copy == copy.copy;
    });
  });
  erase_if(rest.launchers, [&](const Launcher &launcher) {
    return any_of(now.launchers, [&](const Launcher &other) {
      return other.name == launcher.name;
    });
  });
  return removeCopies(places, rest);
}

Expected<AddedProgram> addProgram(const Places &places, EntryPlan plan,
                                  const BindRequest &wish,
                                  Interruptible &signals) {
  std::vector<std::string> made;
  scope_exit takeBack([&] {
    for (const std::string &path : reverse(made))
      ::rmdir(path.c_str());
  });
  Expected<FolderLock> lock = FolderLock::take(places.folder, made);
  if (!lock)
    return lock.takeError();
  if (Error e = makeFolder(places.folder + "/bin", made))
    return e;
  for (const PlannedFile &file : plan.files)
    removeLeftovers(sys::path::parent_path(file.path));
  BindRequest request = wish;
  request.program = plan.entry.program;
  request.tablePath = places.tableOf(plan.entry.name);
  Expected<BoundProgram> bound = bindProgram(request, signals);
  if (!bound)
    return bound.takeError();
  for (const PlannedFile &file : plan.files)
    if (Error e = makeFolder(sys::path::parent_path(file.path), made))
      return e;
  for (const std::string &path : made)
    if (!is_contained(plan.entry.folders, path))
      plan.entry.folders.push_back(path);
  plan.files.front().text = printRecord(plan.entry);
  std::vector<PendingFile> pending;
  for (const PlannedFile &file : plan.files) {
    Expected<PendingFile> out = write(file, file.text);
    if (!out)
      return out.takeError();
    pending.push_back(std::move(*out));
  }
  if (Error e = signals.check())
    return e;
  // From here on all of it is done: each file is there, but for its name.
  Expected<std::vector<Entry>> entries = readEntries(places);
  if (!entries)
    return entries.takeError();
  const auto old = find_if(*entries, [&](const Entry &entry) {
    return entry.name == plan.entry.name;
  });
  takeBack.release();
  for (auto [file, out] : zip_equal(plan.files, pending)) {
    Error e = out.keep();
    if (!e && &file == &plan.files.front())
      e = bound->install();
    if (!e)
      continue;
    e = inContext(file.path, std::move(e));
    return old == entries->end()
               ? joinErrors(std::move(e), removeFiles(places, plan.entry))
               : std::move(e);
  }
  if (old != entries->end())
    if (Error e = removeOthers(places, *old, plan.entry))
      return e;
  return AddedProgram{std::move(plan), std::move(*bound)};
}

} // namespace objprelink
