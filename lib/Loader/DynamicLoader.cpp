//===- DynamicLoader.cpp - what is built into a loader --------------------===//
//
// A loader is built for one distribution. The folder of the loader's file
// tells, without a question about the distribution, what $LIB is and which
// folders the loader looks through last.
//
//===----------------------------------------------------------------------===//

#include "Loader/DynamicLoader.h"
#include "Support/InputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errc.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

StringRef interpreterOf(const Image &image) {
  for (const Segment &segment : image.segments)
    if (segment.type == PT_INTERP && segment.fileSize)
      return toStringRef(image.contents(segment)).split('\0').first;
  return StringRef();
}

static constexpr StringLiteral kMuslPrefix = "ld-musl-";

/// musl's names of its libc, which is the loader: musl-gcc links with libc.so,
/// distributions of musl have names with the architecture.
static bool needsMusl(const Image &image) {
  return any_of(image.dynamic, [&](const DynamicEntry &entry) {
    if (entry.tag != DT_NEEDED)
      return false;
    const StringRef name = image.string(entry.value);
    return name == "libc.so" || name.starts_with("libc.musl-");
  });
}

/// musl 1.2, ldso/dynlink.c, load_library: names of libraries that it consists
/// of, up to the first dot.
bool DynamicLoader::isItself(StringRef name) const {
  if (!isMusl())
    return false;
  StringRef stem = name;
  const bool isReserved =
      stem.consume_front("lib") && stem.contains('.') &&
      is_contained({"c", "pthread", "rt", "m", "dl", "util", "xnet"},
                   stem.split('.').first);
  return isReserved || name == path;
}

/// musl's path: from a file beside the loader's folder, which may have a prefix
/// for all of its root, or else the one that is built in.
static std::vector<std::string> muslFolders(StringRef loader, StringRef arch,
                                            const Sysroot &sysroot) {
  StringRef name = sys::path::filename(loader);
  if (name.consume_front(kMuslPrefix))
    arch = name.split('.').first;
  const StringRef prefix =
      loader.starts_with("/")
          ? sys::path::parent_path(sys::path::parent_path(loader))
          : "";
  const std::string file =
      (prefix.rtrim('/') + "/etc/ld-musl-" + arch + ".path").str();
  const std::optional<std::string> found = sysroot.resolve(file);
  std::vector<std::string> out = {"/lib", "/usr/local/lib", "/usr/lib"};
  if (!found)
    return out;
  Expected<InputFile> paths = InputFile::open(*found);
  if (!paths) {
    // A file that is there and cannot be read is an empty path.
    const bool isThere =
        errorToErrorCode(paths.takeError()) != errc::no_such_file_or_directory;
    return isThere ? std::vector<std::string>() : out;
  }
  SmallVector<StringRef> folders;
  SplitString(toStringRef(paths->bytes()).split('\0').first, folders, ":\n");
  out.assign(folders.begin(), folders.end());
  return out;
}

/// AT_PLATFORM, except that glibc has names of its own for some of Intel's
/// processors (sysdeps/x86/cpu-features.c, init_cpu_features).
static std::string platformOf(const Machine &machine) {
#ifdef __x86_64__
  __builtin_cpu_init();
  if (machine.is64 && __builtin_cpu_is("intel") &&
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("lzcnt") && __builtin_cpu_supports("movbe") &&
      __builtin_cpu_supports("popcnt"))
    return "haswell";
#endif
  return machine.platform.str();
}

/// Fills in what glibc's makefiles derive from the folder of libc and ld.so:
/// Debian's $LIB is lib/x86_64-linux-gnu, that of others a single name as lib64
/// or lib32.
static void setGlibcFolders(DynamicLoader &out, const Machine &machine,
                            const Sysroot &sysroot) {
  const auto add = [&](std::string folder) {
    if (!is_contained(out.defaultFolders, folder))
      out.defaultFolders.push_back(std::move(folder));
  };
  const std::string file = sysroot.realPath(out.path).value_or("");
  const StringRef folder = sys::path::parent_path(file);
  const StringRef last = sys::path::filename(folder);
  if (last.empty() || last == "/") {
    // Without the loader's file, what is usual, Debian's first. A folder that
    // is not there costs nothing.
    out.lib = ("lib/" + machine.multiarch).str();
    for (StringRef name : {StringRef(out.lib), machine.libFolder}) {
      add(("/" + name).str());
      add(("/usr/" + name).str());
    }
  } else {
    const StringRef parent =
        sys::path::filename(sys::path::parent_path(folder));
    out.lib =
        last.contains("-linux-gnu") ? (parent + "/" + last).str() : last.str();
    if (folder != "/usr/" + out.lib)
      add(folder.str());
    add("/" + out.lib);
    add("/usr/" + out.lib);
  }
  add("/lib");
  add("/usr/lib");
}

DynamicLoader findDynamicLoader(const Image &program, const Machine &machine,
                                const Sysroot &sysroot) {
  DynamicLoader out;
  out.path = interpreterOf(program).str();
  const bool isMusl =
      out.path.empty()
          ? needsMusl(program)
          : sys::path::filename(out.path).starts_with(kMuslPrefix) ||
                sys::path::filename(sysroot.realPath(out.path).value_or("")) ==
                    "libc.so";
  out.kind = isMusl ? DynamicLoader::Kind::Musl : DynamicLoader::Kind::Glibc;
  if (out.path.empty())
    out.path = isMusl
                   ? ("/lib/" + kMuslPrefix + machine.muslArch + ".so.1").str()
                   : machine.interpreter.str();
  if (isMusl) {
    out.defaultFolders = muslFolders(out.path, machine.muslArch, sysroot);
    return out;
  }
  out.platform = platformOf(machine);
  setGlibcFolders(out, machine, sysroot);
  return out;
}

} // namespace objprelink
