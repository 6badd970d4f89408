#include "Linker/LldArguments.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace objprelink {

namespace {
class Reader {
public:
  explicit Reader(ArrayRef<const char *> arguments) : rest(arguments) {}
  LldArguments run();

private:
  void readLong(StringRef name);
  bool readShort(StringRef argument);
  void setZ(StringRef keyword);
  StringRef next() {
    if (rest.empty())
      return "";
    const StringRef value = rest.front();
    rest = rest.drop_front();
    return value;
  }
  /// What follows the letter, in the same argument or the next one.
  StringRef valueOf(StringRef argument) {
    return argument.size() > 2 ? argument.drop_front(2) : next();
  }

  ArrayRef<const char *> rest;
  LldArguments out;
};
} // namespace

void Reader::setZ(StringRef keyword) {
  if (keyword == "notext")
    out.allowsTextRelocations = true;
  else if (keyword == "text")
    out.allowsTextRelocations = false;
  else if (keyword == "pack-relative-relocs")
    out.packsRelativeRelocs = true;
  else if (keyword == "nopack-relative-relocs")
    out.packsRelativeRelocs = false;
}

/// Options of one letter, which take one dash only.
bool Reader::readShort(StringRef argument) {
  if (argument == "-M") {
    out.map = "-";
    return true;
  }
  if (argument == "-x" || argument == "-X") {
    out.discardsLocals = argument == "-x";
    return true;
  }
  if (argument.starts_with("-z"))
    setZ(valueOf(argument));
  else if (argument.starts_with("-l"))
    out.libraries.push_back(valueOf(argument));
  else if (argument.starts_with("-L"))
    out.libraryPaths.push_back(valueOf(argument));
  else if (is_contained({"-o", "-e", "-m", "-h", "-T", "-u", "-y", "-R", "-f",
                         "-F", "-b"},
                        argument))
    next();
  else
    return false;
  return true;
}

void Reader::readLong(StringRef argument) {
  const auto [name, value] = argument.ltrim('-').split('=');
  const bool hasValue = argument.contains('=');
  if (name == "build-id")
    out.hashesBuildId =
        !hasValue || is_contained({"fast", "md5", "sha1", "tree"}, value);
  else if (name == "Map")
    out.map = hasValue ? value : next();
  else if (name == "print-map")
    out.map = "-";
  else if (name == "discard-all")
    out.discardsLocals = true;
  else if (name == "discard-locals" || name == "discard-none")
    out.discardsLocals = false;
  else if (name == "pack-dyn-relocs")
    out.packsRelativeRelocs = value.contains("relr");
  else if (name == "library")
    out.libraries.push_back(hasValue ? value : next());
  else if (name == "library-path")
    out.libraryPaths.push_back(hasValue ? value : next());
  else if (name == "flto")
    out.isLto = true;
  else if (!hasValue &&
           is_contained({"soname", "rpath", "dynamic-linker", "plugin",
                         "version-script", "dynamic-list", "script", "output",
                         "entry", "undefined", "wrap", "defsym", "sysroot",
                         "mllvm", "rpath-link", "init", "fini",
                         "dependency-file", "retain-symbols-file"},
                        name))
    next();
}

LldArguments Reader::run() {
  while (!rest.empty()) {
    const StringRef argument = next();
    if (!argument.starts_with("-") || argument == "-")
      out.files.push_back(argument);
    else if (argument.starts_with("--") || !readShort(argument))
      readLong(argument);
  }
  return std::move(out);
}

LldArguments readLldArguments(ArrayRef<const char *> arguments) {
  return Reader(arguments).run();
}

} // namespace objprelink
