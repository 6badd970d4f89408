//===- LinkBy.cpp - another linker, and the pass behind it ----------------===//
//
// The linker runs with the arguments that were given, without this program's
// own options. It does not write to another output first, because its map, its
// messages, plugins and dependency files would show that name. When the pass
// comes, the linker's output has its name already, as a finished library of the
// plain link, and is replaced whole or stays. If the pass is ended before that,
// so is the link, with the plain output.
//
// The output counts as written if it is another file than before, or has other
// times: --version and the like leave it alone.
//
//===----------------------------------------------------------------------===//

#include "Linker/ImagePass.h"
#include "Linker/Link.h"
#include "Process/Command.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>
#include <cstdlib>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

/// Set while another linker runs: what it leads to is not to be this program.
static constexpr char kInside[] = "OBJPRELINK_INSIDE";

static bool isThisProgram(const Twine &path) {
  bool same = false;
  return !sys::fs::equivalent("/proc/self/exe", path, same) && same;
}

/// The first of \p names in a folder of PATH that is not this program.
static std::string findInPath(ArrayRef<std::string> names) {
  const char *list = std::getenv("PATH");
  SmallVector<StringRef, 16> folders;
  StringRef(list ? list : "/usr/bin:/bin").split(folders, ':');
  for (const std::string &name : names)
    for (StringRef folder : folders) {
      SmallString<128> path(folder.empty() ? "." : folder);
      sys::path::append(path, name);
      if (sys::fs::can_execute(path) && !sys::fs::is_directory(path) &&
          !isThisProgram(path))
        return std::string(path);
    }
  return "";
}

/// Whether GCC links with -flto, which it tells collect2, and so its linker.
/// LLD would take the machine code of fat objects, which is not optimized so.
static bool wantsGccLto() {
  const char *options = std::getenv("COLLECT_GCC_OPTIONS");
  bool wants = false;
  SmallVector<StringRef, 64> words;
  StringRef(options ? options : "").split(words, ' ');
  for (StringRef word : words) {
    word = word.trim('\'');
    if (word == "-flto" || word.starts_with("-flto="))
      wants = true;
    else if (word == "-fno-lto")
      wants = false;
  }
  return wants;
}

/// Compilers start ld if they are asked for no linker.
static bool isDefaultName(StringRef called) {
  return called == "ld" || called.ends_with("-ld");
}

/// Whether a version script names versions. GNU ld defines a symbol of each
/// name, which lists of a library's symbols have (dpkg-gensymbols), and LLD
/// does not.
static bool namesVersions(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file = MemoryBuffer::getFile(path);
  if (!file)
    return false;
  StringRef text = (*file)->getBuffer();
  for (;;) {
    text = text.ltrim();
    if (text.starts_with("#"))
      text = text.split('\n').second;
    else if (text.starts_with("/*"))
      text = text.split("*/").second;
    else
      return !text.empty() && !text.starts_with("{");
  }
}

/// Whether a link needs another linker than LLD: by its name, or for what LLD
/// makes differently.
static bool needsAnother(StringRef called, ArrayRef<const char *> arguments) {
  if (isDefaultName(called))
    return wantsGccLto() ||
           any_of(readLldArguments(arguments).versionScripts, namesVersions);
  return !called.contains("lld") && !called.contains("objprelink");
}

Expected<std::string> findLinker(StringRef name, StringRef program,
                                 ArrayRef<const char *> arguments) {
  const StringRef called = sys::path::filename(program);
  if (name == "lld" ||
      (name == "named-or-lld" && !needsAnother(called, arguments)))
    return "";
  if (std::getenv(kInside))
    return error("the linker underneath leads back to objprelink");
  std::string path = name.str();
  if (name == "named" || name == "named-or-lld")
    path = findInPath({called.str()});
  else if (!name.contains('/'))
    path = findInPath({("ld." + name).str(), name.str()});
  if (path.empty())
    return error("--objprelink-linker={0}: no such linker in PATH", name);
  if (isThisProgram(path))
    return error("--objprelink-linker={0}: that is objprelink itself", name);
  return path;
}

ArrayRef<const char *> defaultsOfGnuLd(StringRef name, StringRef program) {
  // LLD refuses version scripts that name symbols which are not there, and
  // --gc-sections takes sections that only __start_NAME refers to.
  static constexpr const char *options[] = {"--undefined-version", "-z",
                                            "nostart-stop-gc"};
  if (name == "named-or-lld" && isDefaultName(sys::path::filename(program)))
    return options;
  return {};
}

namespace {
/// What a file was before the link and is after it.
class FileState {
public:
  explicit FileState(const std::string &path)
      : exists(::stat(path.c_str(), &status) == 0) {}
  bool isRegular() const { return exists && S_ISREG(status.st_mode); }
  bool operator==(const FileState &other) const {
    const auto sameTime = [](const timespec &a, const timespec &b) {
      return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
    };
    return exists == other.exists && status.st_dev == other.status.st_dev &&
           status.st_ino == other.status.st_ino &&
           status.st_size == other.status.st_size &&
           sameTime(status.st_mtim, other.status.st_mtim) &&
           sameTime(status.st_ctim, other.status.st_ctim);
  }

private:
  struct stat status = {};
  bool exists;
};

/// A finished file, which stays as it is or is replaced.
class WrittenOutput : public LinkOutput {
public:
  WrittenOutput(StringRef path, const InputFile &file)
      : LinkOutput(file.bytes()), path(path), file(file) {}
  void foresee(Bytes) override {}
  Error keepPlain() override { return Error::success(); }
  Error replace(Extents rewritten, Bytes, OutputCheck check) override {
    Diagnostics unused;
    return writeOutput(path, std::move(rewritten), file, check, unused);
  }
  const LinkRoom *room() const override { return nullptr; }
  bool tablesAreUnnamed() const override { return false; }
  Error linkPlain() override { return checkSecondLink(); }
  Error checkSecondLink() const override {
    return error("the linker has linked already");
  }
  Expected<Bytes> linkWithRoom(const LinkRoom &) override {
    return checkSecondLink();
  }

private:
  StringRef path;
  const InputFile &file;
};
} // namespace

/// Ends this process as the linker ended, with one core file, the linker's.
static void endBySignal(int signal) {
  const rlimit none = {0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

static Error rewriteOutput(StringRef path, ImagePass &pass) {
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return file.takeError();
  WrittenOutput output(path, *file);
  return pass.run(path, output);
}

int linkBy(ArrayRef<const char *> given, ArrayRef<const char *> arguments,
           const LinkOptions &options) {
  const StringRef program = sys::path::filename(arguments[0]);
  const LldArguments known = readLldArguments(arguments.drop_front());
  const std::string path = known.output.str();

  SmallVector<const char *, 256> command(given.begin(), given.end());
  command[0] = options.linker.c_str();
  command.push_back(nullptr);
  ::setenv(kInside, "1", /*overwrite=*/1);
  const FileState before(path);
  Expected<Ending> ending =
      runCommand(command.data(), Lifetime::EndsWithParent);
  if (!ending || ending->startError) {
    printErrors(program, ending ? error("{0}: {1}", options.linker,
                                        sys::StrError(ending->startError))
                                : ending.takeError());
    return 1;
  }
  if (ending->signal)
    endBySignal(ending->signal);
  const FileState after(path);
  if (ending->status || !after.isRegular() || after == before)
    return ending->status;

  ImagePass pass(program, options, known);
  bool ok = true;
  if (Error e = rewriteOutput(path, pass)) {
    printErrors(program, inContext(path, std::move(e)));
    ok = false;
  }
  ok &= reportLink(program, pass.record, options);
  return ok ? 0 : 1;
}

} // namespace objprelink
