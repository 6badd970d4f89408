#include "Program/ProgramSearch.h"
#include "Binding/BindProgram.h"
#include "Loader/Sysroot.h"
#include "Program/ShellScript.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace llvm;

namespace objprelink {

/// A script that starts a script that starts a script is rare.
static constexpr unsigned kLongestChain = 8;

namespace {
class Search {
public:
  explicit Search(StringRef root) : root(root), sysroot(root) {}
  Expected<FoundProgram> run(StringRef name);

private:
  Expected<std::string> findByName(StringRef name) const;
  std::optional<std::string> findExecutable(const std::string &path) const;
  Expected<std::string> findInterpreter(StringRef script);
  Expected<std::string> findNext(const std::string &path, StringRef script);
  std::optional<std::string> resolve(StringRef word, StringRef script) const;
  std::optional<std::string> findNamesake(const std::string &path,
                                          Bytes bytes) const;
  std::string hostPath(StringRef path) const {
    return sysroot.resolve(path).value_or("");
  }

  const StringRef root;
  const Sysroot sysroot;
  FoundProgram out;
  /// The file name of the last script; empty if there was none.
  std::string scriptName;
};
} // namespace

/// The real path of \p path, if it is a file that can be executed.
std::optional<std::string>
Search::findExecutable(const std::string &path) const {
  std::optional<std::string> real = sysroot.realPath(path);
  if (!real)
    return std::nullopt;
  const std::string host = root.empty() ? *real : root.str() + *real;
  if (!sys::fs::is_regular_file(host) || !sys::fs::can_execute(host))
    return std::nullopt;
  return real;
}

Expected<std::string> Search::findByName(StringRef name) const {
  if (root.empty()) {
    ErrorOr<std::string> path = sys::findProgramByName(name);
    if (!path)
      return error("there is no such program");
    SmallString<128> absolute = StringRef(*path);
    if (const std::error_code ec = sys::fs::make_absolute(absolute))
      return errorCodeToError(ec);
    sys::path::remove_dots(absolute);
    return absolute.str().str();
  }
  std::vector<std::string> paths = {("/" + name.ltrim('/')).str()};
  if (!name.contains('/'))
    paths = {("/usr/local/bin/" + name).str(), ("/usr/bin/" + name).str(),
             ("/bin/" + name).str()};
  for (const std::string &path : paths)
    if (findExecutable(path))
      return path;
  return error("there is no such program below {0}", root);
}

/// The program that runs the script \p text.
Expected<std::string> Search::findInterpreter(StringRef text) {
  const StringRef line = text.split('\n').first.drop_front(2).trim();
  std::string name = line.split(' ').first.str();
  if (sys::path::filename(name) == "env") {
    const StringRef rest = line.split(' ').second.trim();
    Expected<std::string> path = findByName(rest.split(' ').first);
    if (!path)
      return path.takeError();
    name = std::move(*path);
  }
  std::optional<std::string> real = findExecutable(name);
  if (!real)
    return error("a script of {0}, which is not there", name);
  const StringRef file = sys::path::filename(*real);
  if (!is_contained({"sh", "dash", "bash", "ksh", "mksh", "zsh", "busybox"},
                    file))
    return error("a script of {0}: what would start faster is {1} itself", file,
                 *real);
  return *real;
}

/// The file that the first word of a command means.
std::optional<std::string> Search::resolve(StringRef word,
                                           StringRef script) const {
  const StringRef folder = sys::path::parent_path(script);
  // A variable before the first slash is most often the script's own folder.
  if (word.consume_front(StringRef(&kUnknownText, 1)) && word.starts_with("/"))
    return word.contains(kUnknownText) ? std::nullopt
                                       : findExecutable((folder + word).str());
  if (word.empty() || word.contains(kUnknownText))
    return std::nullopt;
  if (word.starts_with("/"))
    return findExecutable(word.str());
  if (word.contains('/'))
    return std::nullopt;
  Expected<std::string> path = findByName(word);
  if (!path) {
    consumeError(path.takeError());
    return std::nullopt;
  }
  return findExecutable(*path);
}

/// What the shell script \p text, which is at \p path, starts.
Expected<std::string> Search::findNext(const std::string &path,
                                       StringRef text) {
  std::vector<std::string> always, perhaps;
  for (const PassedOn &command : findPassedOn(text)) {
    std::optional<std::string> found = resolve(command.program, path);
    if (!found || *found == path)
      continue;
    std::vector<std::string> &to = command.depth ? perhaps : always;
    if (!is_contained(to, *found))
      to.push_back(*found);
  }
  const std::vector<std::string> &found = always.empty() ? perhaps : always;
  if (found.size() == 1)
    return found[0];
  if (found.empty())
    return error("a shell script that starts no program with its arguments, as "
                 "far as it can be read");
  return error("a shell script that may start {0}: name the one that is meant",
               join(found, " or "));
}

/// A program that a script has started may only show that something happens,
/// and start the one that is meant: SCRIPT.bin or SCRIPT-bin in its folder,
/// whose name it has among its texts.
std::optional<std::string> Search::findNamesake(const std::string &path,
                                                Bytes bytes) const {
  if (scriptName.empty())
    return std::nullopt;
  const StringRef contents = toStringRef(bytes);
  for (StringRef ending : {".bin", "-bin", ".real"}) {
    const std::string name = scriptName + ending.str();
    const std::string text = name + std::string(1, '\0');
    std::optional<std::string> found =
        findExecutable((sys::path::parent_path(path) + "/" + name).str());
    if (found && *found != path && contents.contains(text))
      return found;
  }
  return std::nullopt;
}

/// What starts programs in file systems, or with libraries, of their own.
static std::string startsElsewhere(StringRef path) {
  const StringRef name = sys::path::filename(path);
  if (is_contained({"snap", "flatpak", "bwrap", "firejail"}, name) ||
      path.starts_with("/snap/"))
    return formatv("{0} starts it in a file system of its own, where this "
                   "machine's tables and launchers are not",
                   path);
  return {};
}

/// Whether the ELF file \p bytes names a loader; what it is for another machine
/// is found out later.
static bool hasLoader(Bytes bytes) {
  if (bytes.size() < sizeof(ELF::Elf64_Ehdr))
    return false;
  if (bytes[ELF::EI_CLASS] != ELF::ELFCLASS64)
    return true;
  auto file = object::ELFFile<object::ELF64LE>::create(toStringRef(bytes));
  auto segments = file ? file->program_headers() : file.takeError();
  if (!segments) {
    consumeError(segments.takeError());
    return false;
  }
  return any_of(*segments, [](const auto &segment) {
    return segment.p_type == ELF::PT_INTERP;
  });
}

Expected<FoundProgram> Search::run(StringRef name) {
  Expected<std::string> path = findByName(name);
  if (!path)
    return path.takeError();
  out.path = *path;
  std::optional<std::string> at = findExecutable(*path);
  if (!at)
    return error("it is not an executable file");
  for (unsigned length = 0; length < kLongestChain; ++length) {
    if (std::string elsewhere = startsElsewhere(*at); !elsewhere.empty())
      return error("{0}", elsewhere);
    if (Error e = checkPrivileges(hostPath(*at)))
      return e;
    Expected<InputFile> file = InputFile::open(hostPath(*at));
    if (!file)
      return inContext(*at, file.takeError());
    const StringRef text = toStringRef(file->bytes());
    if (text.starts_with("#!")) {
      Expected<std::string> interpreter = findInterpreter(text);
      if (!interpreter)
        return interpreter.takeError();
      Expected<std::string> next = findNext(*at, text);
      if (!next)
        return next.takeError();
      scriptName = sys::path::filename(*at).str();
      // Scripts that start each other are run by one and the same.
      if (!is_contained(out.via, *interpreter))
        out.via.push_back(std::move(*interpreter));
      at = std::move(*next);
      continue;
    }
    if (!text.starts_with("\177ELF"))
      return error("{0} is neither an ELF file nor a script that says what "
                   "runs it",
                   *at);
    if (text.substr(8, 2) == "AI")
      return error(
          "an AppImage: what it starts is in a file system of its own");
    if (std::optional<std::string> next = findNamesake(*at, file->bytes())) {
      out.via.push_back(*at);
      at = std::move(*next);
      continue;
    }
    if (!hasLoader(file->bytes()))
      return error("it is statically linked: no loader has work with it");
    out.program = *at;
    for (const std::string &step : out.via)
      if (StringRef(step).contains(':'))
        return error("{0}, which starts it, has a colon in its path", step);
    return std::move(out);
  }
  return error("more than {0} scripts and programs start each other",
               kLongestChain);
}

Expected<FoundProgram> findStarted(StringRef name, StringRef root) {
  return Search(root).run(name);
}

} // namespace objprelink
