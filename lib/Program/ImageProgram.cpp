#include "Program/ImageProgram.h"
#include "Binding/BindProgram.h"
#include "Binding/TableStore.h"
#include "Driver/RewriteFile.h"
#include "ELF/ImageReader.h"
#include "ELF/RewriteNote.h"
#include "ImageEdit/Undo.h"
#include "Loader/Sysroot.h"
#include "Program/Launcher.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "Support/OutputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include <cstring>
#include <fcntl.h>
#include <map>
#include <sys/stat.h>

using namespace llvm;

namespace objprelink {

namespace {
class Adder {
public:
  Adder(const Root &root, const Allowed &allowed, Interruptible &signals,
        std::vector<std::string> &said, function_ref<void(StringRef)> progress)
      : root(root), allowed(allowed), signals(signals), said(said),
        progress(progress) {}
  Expected<ImageManifest> run(ArrayRef<std::string> names);

private:
  Error addFound(const FoundProgram &found);
  Error plan(ArrayRef<std::string> names);
  Error rewriteAll(Transaction &transaction);
  Error rewrite(Transaction &transaction, const RewriteChoice &choice);
  Error addAll(Transaction &transaction);
  Error addProgram(Transaction &transaction, const FoundProgram &found);
  Error addFile(Transaction &transaction, const std::string &path,
                StringRef text, unsigned mode);
  Error writeManifest(Transaction &transaction);
  void leave(Transaction &transaction, const RewriteChoice &choice,
             std::string reason);

  const Root &root;
  const Allowed &allowed;
  Interruptible &signals;
  std::vector<std::string> &said;
  const function_ref<void(StringRef)> progress;
  Places places;
  std::vector<FoundProgram> programs;
  /// Each file that is loaded, by path.
  std::map<std::string, RewriteChoice> choices;
  ImageManifest manifest;
};
} // namespace

static Expected<ImagePlan> planProgram(const Root &root, StringRef name,
                                       const Allowed &allowed) {
  Expected<FoundProgram> found = findStarted(name, root.folder);
  if (!found)
    return found.takeError();
  ClosureRequest request;
  request.program = root.host(found->program);
  request.sysroot = root.folder;
  request.dlopenNotes = false;
  Expected<Prediction> prediction =
      predictStart(request, found->program, allowed);
  if (!prediction)
    return prediction.takeError();
  // Two names of a file are one file to be rewritten.
  const Sysroot sysroot(root.folder);
  for (RewriteChoice &choice : prediction->choices)
    choice.path = sysroot.realPath(choice.path).value_or(choice.path);
  return ImagePlan{std::move(*found), std::move(*prediction)};
}

Expected<ImagePlan> planInImage(const Root &root, StringRef name,
                                const Allowed &allowed) {
  return planProgram(root, name, allowed);
}

/// Where objprelink-start is in \p root, or will be.
static std::string findStarter(const Root &root) {
  for (StringRef folder : {"/usr/local/bin", "/usr/bin"})
    if (const std::string path = (folder + "/objprelink-start").str();
        sys::fs::exists(root.host(path)))
      return path;
  return "/usr/bin/objprelink-start";
}

/// Two programs of one name cannot both have the launcher of that name.
Error Adder::addFound(const FoundProgram &found) {
  const StringRef name = sys::path::filename(found.path);
  for (const FoundProgram &other : programs) {
    if (other.program == found.program)
      return Error::success();
    if (sys::path::filename(other.path) == name)
      return error("there is a launcher {0} for {1}", name, other.path);
  }
  for (const ImageProgram &other : manifest.programs)
    if (other.name == name && other.program != found.program)
      return error("there is a launcher {0} for {1}", name, other.program);
  programs.push_back(found);
  return Error::success();
}

Error Adder::plan(ArrayRef<std::string> names) {
  for (const std::string &name : names) {
    progress(name);
    Expected<ImagePlan> plan = planProgram(root, name, allowed);
    if (!plan)
      return inContext(name, plan.takeError());
    if (Error e = addFound(plan->found))
      return inContext(name, std::move(e));
    for (RewriteChoice &choice : plan->prediction.choices)
      choices.try_emplace(choice.path, choice);
  }
  return Error::success();
}

void Adder::leave(Transaction &transaction, const RewriteChoice &choice,
                  std::string reason) {
  transaction.leave(choice.path);
  manifest.left.push_back({choice.path, std::move(reason)});
}

/// The file keeps its time of modification: the same root gives the same image,
/// and what is undone is what it was.
static Error copyTimes(const std::string &from, const std::string &to) {
  struct stat status;
  if (::stat(from.c_str(), &status))
    return error("{0}: {1}", from, std::strerror(errno));
  const timespec times[] = {status.st_atim, status.st_mtim};
  if (::utimensat(AT_FDCWD, to.c_str(), times, 0))
    return error("{0}: {1}", to, std::strerror(errno));
  return Error::success();
}

/// What the note of the image at \p path says; nothing if it was not rewritten.
static Expected<std::optional<FoundNote>> readNote(const std::string &path) {
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return file.takeError();
  Expected<Image> image = readImage(file->bytes());
  if (!image)
    return image.takeError();
  return findNote(*image);
}

/// Whether the new contents at \p after lead back to those at \p before.
static Error checkWayBack(const std::string &before, const std::string &after) {
  Expected<InputFile> old = InputFile::open(before);
  if (!old)
    return old.takeError();
  Expected<InputFile> now = InputFile::open(after);
  if (!now)
    return now.takeError();
  Expected<Extents> undone = undoImage(now->bytes());
  if (!undone)
    return undone.takeError();
  return Bytes(undone->flatten()) == old->bytes()
             ? Error::success()
             : error("what is undone is not the old file");
}

/// Writes the new contents of a library beside it, or finds out why it has to
/// stay as it is.
Error Adder::rewrite(Transaction &transaction, const RewriteChoice &choice) {
  const std::string from = root.host(choice.path);
  const std::string to = transaction.temporaryOf(choice.path);
  Config config;
  static_cast<SlotConfig &>(config) = choice.config;
  config.output = to;
  config.quiet = true;
  Diagnostics diagnostics;
  const auto make = [&]() -> Expected<std::optional<FoundNote>> {
    Expected<std::optional<FoundNote>> old = readNote(from);
    if (!old)
      return old.takeError();
    if (*old)
      return error("it is rewritten already, by somebody else");
    if (Error e = rewriteFile(from, config, diagnostics))
      return e;
    Expected<std::optional<FoundNote>> note = readNote(to);
    if (note && *note)
      if (Error e = checkWayBack(from, to))
        return e;
    return note;
  };
  Expected<std::optional<FoundNote>> note = make();
  if (!note) {
    leave(transaction, choice, toString(note.takeError()));
    return Error::success();
  }
  if (!*note) {
    leave(transaction, choice,
          diagnostics.warnings.empty() ? "nothing in it can be redirected"
                                       : diagnostics.warnings.front());
    return Error::success();
  }
  if (Error e = copyTimes(from, to))
    return e;
  Expected<std::string> before = hashFile(from), after = hashFile(to);
  if (!before || !after)
    return joinErrors(before.takeError(), after.takeError());
  RewrittenLibrary out;
  out.path = choice.path;
  out.before = std::move(*before);
  out.after = std::move(*after);
  (void)sys::fs::file_size(from, out.sizeBefore);
  (void)sys::fs::file_size(to, out.sizeAfter);
  out.how = (*note)->mode == Mode::Lazy ? "lazy entries" : "relays";
  out.options = (*note)->options;
  out.slots = (*note)->slots;
  out.functions = (*note)->functions;
  out.lookUpsBefore = choice.lookUps;
  out.lookUpsAfter = choice.lookUpsThen;
  manifest.libraries.push_back(std::move(out));
  return Error::success();
}

Error Adder::writeManifest(Transaction &transaction) {
  manifest.folders = transaction.folders;
  const auto byPath = [](const auto &a, const auto &b) {
    return a.path < b.path;
  };
  llvm::sort(manifest.libraries, byPath);
  llvm::sort(manifest.left, byPath);
  llvm::sort(manifest.files, byPath);
  llvm::sort(manifest.folders);
  const std::string text = printManifest(manifest);
  return writeFile(transaction.temporaryOf(ImageManifest::kPath),
                   arrayRefFromStringRef(text));
}

/// The first step: the libraries.
Error Adder::rewriteAll(Transaction &transaction) {
  std::vector<std::string> paths = {ImageManifest::kPath.str()};
  std::vector<const RewriteChoice *> chosen;
  erase_if(manifest.left, [&](const LeftLibrary &library) {
    return choices.count(library.path);
  });
  for (const auto &[path, choice] : choices) {
    if (any_of(manifest.libraries, [&](const RewrittenLibrary &library) {
          return library.path == path;
        }))
      continue;
    if (!choice.pays) {
      manifest.left.push_back({path, choice.reason});
      continue;
    }
    paths.push_back(path);
    chosen.push_back(&choice);
  }
  if (Error e = transaction.prepare(std::move(paths), {}))
    return e;
  for (const RewriteChoice *choice : chosen) {
    progress(choice->path);
    if (Error e = rewrite(transaction, *choice))
      return inContext(choice->path, std::move(e));
    if (Error e = signals.check())
      return e;
  }
  for (const std::string &line : describeGivenUp(allowed))
    if (!is_contained(manifest.givenUp, line))
      manifest.givenUp.push_back(line);
  if (Error e = writeManifest(transaction))
    return e;
  return transaction.commit();
}

Error Adder::addFile(Transaction &transaction, const std::string &path,
                     StringRef text, unsigned mode) {
  const std::string to = transaction.temporaryOf(path);
  if (Error e = writeFile(to, arrayRefFromStringRef(text)))
    return e;
  if (::chmod(to.c_str(), mode))
    return error("{0}: {1}", to, std::strerror(errno));
  manifest.files.push_back(
      {path, toHex(SHA256::hash(arrayRefFromStringRef(text)),
                   /*LowerCase=*/true)});
  return Error::success();
}

static Entry entryOf(const FoundProgram &found) {
  Entry entry;
  entry.name = sys::path::filename(found.path).str();
  entry.paths = {found.path};
  entry.program = found.program;
  entry.via = found.via;
  entry.launchers = {{entry.name, found.path}};
  return entry;
}

/// Makes the table of a program, and the launcher, where one can be made.
Error Adder::addProgram(Transaction &transaction, const FoundProgram &found) {
  const Entry entry = entryOf(found);
  const std::string table = places.tableOf(entry.name);
  BindRequest request;
  request.program = found.program;
  request.root = root.folder;
  request.tablePath = transaction.temporaryOf(table);
  request.plugins = PluginChoice::Notes;
  ImageProgram out;
  out.name = entry.name;
  out.program = found.program;
  Expected<BoundProgram> bound = bindProgram(request, signals);
  if (!bound) {
    out.noTable = toString(bound.takeError());
    for (const std::string &path :
         {table, places.recordOf(entry.name), places.launcherOf(entry.name)})
      transaction.leave(path);
    manifest.programs.push_back(std::move(out));
    return Error::success();
  }
  if (Error e = bound->install())
    return e;
  Expected<std::string> hash = hashFile(request.tablePath);
  if (!hash)
    return hash.takeError();
  manifest.files.push_back({table, std::move(*hash)});
  out.objects = bound->libraries;
  out.bound = bound->bound;
  out.tableBytes = bound->tableBytes;
  manifest.programs.push_back(std::move(out));
  if (Error e = addFile(transaction, places.recordOf(entry.name),
                        printRecord(entry), 0644))
    return e;
  return addFile(transaction, places.launcherOf(entry.name),
                 printLauncher(places, entry, found.path), 0755);
}

/// The second step: tables and launchers.
Error Adder::addAll(Transaction &transaction) {
  std::vector<std::string> paths = {ImageManifest::kPath.str()};
  for (const FoundProgram &found : programs) {
    const Entry entry = entryOf(found);
    erase_if(manifest.programs, [&](const ImageProgram &program) {
      return program.name == entry.name;
    });
    for (const std::string &path :
         {places.tableOf(entry.name), places.recordOf(entry.name),
          places.launcherOf(entry.name)}) {
      erase_if(manifest.files,
               [&](const AddedFile &file) { return file.path == path; });
      paths.push_back(path);
    }
  }
  if (Error e = transaction.prepare(std::move(paths), {}))
    return e;
  for (const FoundProgram &found : programs) {
    progress(found.program);
    if (Error e = addProgram(transaction, found))
      return inContext(found.path, std::move(e));
    if (Error e = signals.check())
      return e;
  }
  llvm::sort(manifest.programs,
             [](const auto &a, const auto &b) { return a.name < b.name; });
  if (Error e = writeManifest(transaction))
    return e;
  return transaction.commit();
}

/// Has \p libraries written as they were, beside them.
static Error undoLibraries(const Root &root, Transaction &transaction,
                           ArrayRef<RewrittenLibrary> libraries,
                           std::vector<std::string> &said) {
  for (const RewrittenLibrary &library : libraries) {
    const std::string from = root.host(library.path);
    Expected<std::string> hash = hashFile(from);
    if (!hash || *hash != library.after) {
      consumeError(hash.takeError());
      transaction.leave(library.path);
      said.push_back(library.path + ": it was changed since, and stays");
      continue;
    }
    FileConfig config;
    config.output = transaction.temporaryOf(library.path);
    Diagnostics diagnostics;
    if (Error e = undoFile(from, UndoOf::Rewrite, config, diagnostics))
      return inContext(library.path, std::move(e));
    if (Error e = copyTimes(from, config.output))
      return e;
    Expected<std::string> undone = hashFile(config.output);
    if (!undone)
      return undone.takeError();
    if (*undone != library.before)
      return error("{0}: what is undone is not the old file", library.path);
  }
  return Error::success();
}

/// Takes back what \p manifest has, but for what \p kept has too.
static Error undo(const Root &root, Transaction &transaction,
                  const ImageManifest &manifest, const ImageManifest &kept,
                  std::vector<std::string> &said) {
  std::vector<RewrittenLibrary> libraries;
  std::vector<std::string> written, removed;
  for (const RewrittenLibrary &library : manifest.libraries)
    if (none_of(kept.libraries, [&](const RewrittenLibrary &other) {
          return other.path == library.path;
        })) {
      libraries.push_back(library);
      written.push_back(library.path);
    }
  for (const AddedFile &file : manifest.files)
    if (none_of(kept.files, [&](const AddedFile &other) {
          return other.path == file.path;
        }))
      removed.push_back(file.path);
  const bool keepsManifest = !kept.programs.empty() || !kept.libraries.empty();
  (keepsManifest ? written : removed).push_back(ImageManifest::kPath.str());
  for (const std::string &folder : manifest.folders)
    if (!is_contained(transaction.folders, folder))
      transaction.folders.push_back(folder);
  if (Error e = transaction.prepare(std::move(written), std::move(removed)))
    return e;
  if (Error e = undoLibraries(root, transaction, libraries, said))
    return e;
  if (keepsManifest) {
    const std::string text = printManifest(kept);
    if (Error e = writeFile(transaction.temporaryOf(ImageManifest::kPath),
                            arrayRefFromStringRef(text)))
      return e;
  }
  return transaction.commit();
}

/// Begins work on an image, and adds to \p said what became of work that was
/// killed.
static Expected<Transaction> begin(const Root &root,
                                   std::vector<std::string> &said) {
  std::string recovered;
  Expected<Transaction> transaction = Transaction::begin(root, recovered);
  if (transaction && !recovered.empty())
    said.push_back(std::move(recovered));
  return transaction;
}

Expected<ImageManifest> Adder::run(ArrayRef<std::string> names) {
  Expected<Transaction> transaction = begin(root, said);
  if (!transaction)
    return transaction.takeError();
  Expected<ImageManifest> before = readManifest(root);
  if (!before)
    return before.takeError();
  manifest = *before;
  for (const std::string &folder : manifest.folders)
    if (!is_contained(transaction->folders, folder))
      transaction->folders.push_back(folder);
  places.folder = Root::kFolder.str();
  places.starter = findStarter(root);
  if (Error e = plan(names))
    return e;
  if (Error e = rewriteAll(*transaction))
    return e;
  Error e = addAll(*transaction);
  if (!e)
    return std::move(manifest);
  if (transaction->isLeftToNext())
    return e;
  // The libraries, too, are what they were then.
  if (Error another = transaction->abandon())
    return joinErrors(std::move(e), std::move(another));
  Expected<ImageManifest> now = readManifest(root);
  if (!now)
    return joinErrors(std::move(e), now.takeError());
  return joinErrors(std::move(e),
                    undo(root, *transaction, *now, *before, said));
}

Expected<ImageManifest> addToImage(const Root &root,
                                   ArrayRef<std::string> names,
                                   const Allowed &allowed,
                                   Interruptible &signals,
                                   std::vector<std::string> &said,
                                   function_ref<void(StringRef)> progress) {
  return Adder(root, allowed, signals, said, progress).run(names);
}

Error undoInImage(const Root &root, std::vector<std::string> &said) {
  Expected<Transaction> transaction = begin(root, said);
  if (!transaction)
    return transaction.takeError();
  Expected<ImageManifest> manifest = readManifest(root);
  if (!manifest)
    return manifest.takeError();
  if (manifest->programs.empty() && manifest->libraries.empty())
    return Error::success();
  return undo(root, *transaction, *manifest, ImageManifest(), said);
}

Expected<std::vector<std::string>> checkImage(const Root &root,
                                              const ImageManifest &manifest) {
  std::vector<std::string> out;
  const auto check = [&](const std::string &path, StringRef hash) {
    Expected<std::string> now = hashFile(root.host(path));
    if (!now) {
      consumeError(now.takeError());
      out.push_back(path + ": it is not there");
    } else if (*now != hash) {
      out.push_back(path + ": it was changed");
    }
  };
  for (const RewrittenLibrary &library : manifest.libraries)
    check(library.path, library.after);
  for (const AddedFile &file : manifest.files)
    check(file.path, file.hash);
  for (const ImageProgram &program : manifest.programs) {
    if (!program.noTable.empty())
      continue;
    Places places;
    places.folder = Root::kFolder.str();
    Expected<TableFile> table =
        TableFile::open(root.host(places.tableOf(program.name)));
    const std::string stale =
        table ? table->staleness(root.folder) : toString(table.takeError());
    if (!stale.empty())
      out.push_back(program.name + ": " + stale);
  }
  return out;
}

} // namespace objprelink
