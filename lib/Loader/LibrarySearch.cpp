#include "Loader/LibrarySearch.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

StringRef describe(FoundBy foundBy) {
  switch (foundBy) {
  case FoundBy::Program:
    return "program";
  case FoundBy::Preload:
    return "preload";
  case FoundBy::Path:
    return "path";
  case FoundBy::RPath:
    return "rpath";
  case FoundBy::LibraryPath:
    return "library path";
  case FoundBy::RunPath:
    return "runpath";
  case FoundBy::Cache:
    return "cache";
  case FoundBy::Default:
    return "default";
  case FoundBy::Loader:
    return "loader";
  }
  llvm_unreachable("all of them are listed");
}

/// The subfolders for the micro-architecture levels of the x86-64 psABI that
/// this processor has (glibc 2.36, sysdeps/x86_64/dl-hwcaps-subdirs.c).
static std::vector<std::string> findHwcaps(const Machine &machine) {
  std::vector<std::string> out;
  if (!machine.is64)
    return out;
#ifdef __x86_64__
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl"))
    out.push_back("x86-64-v4");
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
    out.push_back("x86-64-v3");
  if (__builtin_cpu_supports("sse4.2"))
    out.push_back("x86-64-v2");
#endif
  return out;
}

LibrarySearch::LibrarySearch(const Sysroot &sysroot, StringRef libraryPath,
                             const Machine &machine,
                             const DynamicLoader &loader)
    : sysroot(sysroot), libraryPath(libraryPath), machine(machine),
      loader(loader) {
  if (loader.isMusl())
    return;
  hwcaps = findHwcaps(machine);
  const auto path = sysroot.resolve("/etc/ld.so.cache");
  if (!path)
    return;
  // As for ld.so, a cache that cannot be read is none.
  if (Expected<InputFile> file = InputFile::open(*path))
    cacheFile.emplace(std::move(*file));
  else
    consumeError(file.takeError());
  if (!cacheFile)
    return;
  if (Expected<LdSoCache> read = LdSoCache::read(cacheFile->bytes()))
    cache = std::move(*read);
  else
    consumeError(read.takeError());
}

/// ld.so passes files of another class or machine by, and takes what is no ELF
/// file at all (open_verify).
static bool isForAnother(Bytes bytes, const Machine &machine) {
  constexpr size_t machineOffset = 18;
  return bytes.size() >= machineOffset + 2 &&
         toStringRef(bytes).starts_with(ElfMagic) &&
         (bytes[EI_CLASS] != (machine.is64 ? ELFCLASS64 : ELFCLASS32) ||
          support::endian::read16le(&bytes[machineOffset]) != machine.machine);
}

std::optional<FoundFile> LibrarySearch::open(StringRef path,
                                             FoundBy foundBy) const {
  const std::optional<std::string> host = sysroot.resolve(path);
  if (!host)
    return std::nullopt;
  Expected<InputFile> file = InputFile::open(*host);
  if (!file) {
    consumeError(file.takeError());
    return std::nullopt;
  }
  // musl's loader takes the first file that it can open, whatever it is.
  if (!loader.isMusl() && isForAnother(file->bytes(), machine))
    return std::nullopt;
  return FoundFile{path.str(), std::move(*file), foundBy};
}

std::optional<FoundFile> LibrarySearch::findInFolder(StringRef folder,
                                                     StringRef name,
                                                     FoundBy foundBy) const {
  for (const std::string &hwcap : hwcaps)
    if (auto found = open(
            (folder + "/glibc-hwcaps/" + hwcap + "/" + name).str(), foundBy))
      return found;
  return open((folder + "/" + name).str(), foundBy);
}

/// The part of \p text behind the token \p name, with or without braces, if it
/// begins with that (elf/dl-load.c, is_dst).
static std::optional<StringRef> behindToken(StringRef text, StringRef name) {
  const bool inBraces = text.consume_front("{");
  if (!text.consume_front(name) ||
      (inBraces ? !text.consume_front("}")
                : !text.empty() && (isAlnum(text[0]) || text[0] == '_')))
    return std::nullopt;
  return text;
}

/// $ORIGIN, $LIB and $PLATFORM (ld.so(8)). musl knows none in names.
std::string LibrarySearch::expand(StringRef text,
                                  const SearchOrigin &origin) const {
  if (loader.isMusl())
    return text.str();
  const std::pair<StringRef, StringRef> tokens[] = {
      {"ORIGIN", origin.folder},
      {"LIB", loader.lib},
      {"PLATFORM", loader.platform}};
  std::string out;
  while (!text.empty()) {
    const size_t dollar = text.find('$');
    out += text.take_front(dollar);
    text = text.substr(dollar);
    if (!text.consume_front("$"))
      break;
    StringRef value = "$";
    for (auto [name, meaning] : tokens)
      if (const std::optional<StringRef> rest = behindToken(text, name)) {
        value = meaning;
        text = *rest;
        break;
      }
    out += value;
  }
  return out;
}

std::optional<FoundFile>
LibrarySearch::findIn(StringRef folders, StringRef separators, StringRef name,
                      const SearchOrigin &origin, FoundBy foundBy) const {
  if (folders.empty())
    return std::nullopt;
  while (true) {
    const size_t end = folders.find_first_of(separators);
    const StringRef entry = folders.take_front(end);
    // An empty entry is the current folder, to glibc; one that becomes empty is
    // none.
    std::string folder = entry.empty() && !loader.isMusl()
                             ? std::string(1, '.')
                             : expand(entry, origin);
    while (folder.size() > 1 && StringRef(folder).ends_with("/"))
      folder.pop_back();
    if (!folder.empty())
      if (auto found = findInFolder(folder, name, foundBy))
        return found;
    if (end == StringRef::npos)
      return std::nullopt;
    folders = folders.drop_front(end + 1);
  }
}

bool LibrarySearch::isInDefaultFolder(StringRef path) const {
  return is_contained(loader.defaultFolders, sys::path::parent_path(path));
}

std::optional<FoundFile> LibrarySearch::find(StringRef name,
                                             const SearchOrigin &origin,
                                             const SearchOrigin &main) const {
  if (loader.isItself(name))
    return open(loader.path, FoundBy::Loader);
  if (name.contains('/'))
    return open(name, FoundBy::Path);
  return loader.isMusl() ? findByMusl(name, origin)
                         : findByGlibc(name, origin, main);
}

std::optional<FoundFile>
LibrarySearch::findByGlibc(StringRef name, const SearchOrigin &origin,
                           const SearchOrigin &main) const {
  // DT_RUNPATH of the library turns off all DT_RPATHs.
  if (origin.runpath.empty()) {
    bool didMain = false;
    for (const SearchOrigin *at = &origin; at; at = at->loader) {
      didMain |= at == &main;
      if (at->runpath.empty())
        if (auto found = findIn(at->rpath, ":", name, *at, FoundBy::RPath))
          return found;
    }
    if (!didMain && main.runpath.empty())
      if (auto found = findIn(main.rpath, ":", name, main, FoundBy::RPath))
        return found;
  }
  if (auto found = findIn(libraryPath, ":;", name, main, FoundBy::LibraryPath))
    return found;
  if (auto found = findIn(origin.runpath, ":", name, origin, FoundBy::RunPath))
    return found;
  const StringRef cached = cache.find(name, machine.cacheFlags, hwcaps);
  if (!cached.empty() && !(origin.noDefaultLib && isInDefaultFolder(cached)))
    if (auto found = open(cached, FoundBy::Cache))
      return found;
  if (!origin.noDefaultLib)
    for (const std::string &folder : loader.defaultFolders)
      if (auto found = findInFolder(folder, name, FoundBy::Default))
        return found;
  return std::nullopt;
}

/// $ORIGIN in \p path. A path with any other $ is ignored (fixup_rpath).
static std::string expandMuslPath(StringRef path, StringRef folder) {
  std::string out;
  while (!path.empty()) {
    const size_t dollar = path.find('$');
    out += path.take_front(dollar);
    path = path.substr(dollar);
    if (path.empty())
      break;
    if (!path.consume_front("$ORIGIN") && !path.consume_front("${ORIGIN}"))
      return std::string();
    out += folder;
  }
  return out;
}

/// musl makes no difference between DT_RUNPATH and DT_RPATH: both hold for what
/// the libraries need that a library needs.
std::optional<FoundFile>
LibrarySearch::findByMusl(StringRef name, const SearchOrigin &origin) const {
  constexpr StringLiteral separators = ":\n";
  if (auto found =
          findIn(libraryPath, separators, name, origin, FoundBy::LibraryPath))
    return found;
  for (const SearchOrigin *at = &origin; at; at = at->loader) {
    const bool isRunPath = !at->runpath.empty();
    const std::string path =
        expandMuslPath(isRunPath ? at->runpath : at->rpath, at->folder);
    if (auto found = findIn(path, separators, name, *at,
                            isRunPath ? FoundBy::RunPath : FoundBy::RPath))
      return found;
  }
  for (const std::string &folder : loader.defaultFolders)
    if (auto found = findInFolder(folder, name, FoundBy::Default))
      return found;
  return std::nullopt;
}

std::vector<std::string> LibrarySearch::preloads(StringRef preload) const {
  SmallVector<StringRef> names;
  SplitString(preload, names, loader.isMusl() ? ": \t\n\v\f\r" : " :");
  std::vector<std::string> out(names.begin(), names.end());
  // musl has no such file.
  if (!loader.isMusl())
    append_range(out, systemPreloads());
  return out;
}

std::vector<std::string> LibrarySearch::systemPreloads() const {
  std::vector<std::string> out;
  const auto path = sysroot.resolve("/etc/ld.so.preload");
  if (!path)
    return out;
  Expected<InputFile> file = InputFile::open(*path);
  if (!file) {
    consumeError(file.takeError());
    return out;
  }
  SmallVector<StringRef> lines;
  toStringRef(file->bytes()).split(lines, '\n');
  for (StringRef line : lines) {
    SmallVector<StringRef> words;
    SplitString(line.split('#').first, words, " \t:");
    for (StringRef word : words)
      out.push_back(word.str());
  }
  return out;
}

} // namespace objprelink
