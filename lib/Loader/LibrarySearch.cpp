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
  }
  llvm_unreachable("all of them are listed");
}

/// The subfolders for the micro-architecture levels of the x86-64 psABI that
/// this processor has (glibc 2.36, sysdeps/x86_64/dl-hwcaps-subdirs.c).
static std::vector<std::string> findHwcaps(const Target &target) {
  std::vector<std::string> out;
  if (!target.is64)
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

LibrarySearch::LibrarySearch(StringRef sysroot, StringRef libraryPath,
                             const Target &target)
    : sysroot(sysroot), libraryPath(libraryPath), target(target),
      hwcaps(findHwcaps(target)) {
  // Which folders are built into ld.so depends on the distribution: Debian's
  // first, then those of the others. A folder that is not there costs nothing.
  for (StringRef base : {"/lib/", "/usr/lib/"})
    defaultFolders.push_back((base + target.multiarch).str());
  for (StringRef base : {"/", "/usr/"})
    defaultFolders.push_back((base + target.libFolder).str());
  for (StringRef folder : {"/lib", "/usr/lib"})
    if (!is_contained(defaultFolders, folder))
      defaultFolders.push_back(folder.str());

  const auto path = this->sysroot.resolve("/etc/ld.so.cache");
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

/// ld.so passes files of another class or machine by (open_verify).
static bool isForTarget(Bytes bytes, const Target &target) {
  constexpr size_t machineOffset = 18;
  return bytes.size() > machineOffset + 2 &&
         toStringRef(bytes).starts_with(ElfMagic) &&
         bytes[EI_CLASS] == (target.is64 ? ELFCLASS64 : ELFCLASS32) &&
         bytes[EI_DATA] == ELFDATA2LSB &&
         support::endian::read16le(&bytes[machineOffset]) == target.machine;
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
  if (!isForTarget(file->bytes(), target))
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

/// $ORIGIN, $LIB and $PLATFORM, with and without braces (ld.so(8)).
std::string LibrarySearch::expand(StringRef path,
                                  const SearchOrigin &origin) const {
  std::string out;
  while (!path.empty()) {
    const size_t dollar = path.find('$');
    out += path.take_front(dollar);
    path = path.substr(dollar);
    if (path.empty())
      break;
    const std::pair<StringRef, StringRef> tokens[] = {
        {"ORIGIN", origin.folder},
        {"LIB", target.is64 ? ("lib/" + target.multiarch).str() : ""},
        {"PLATFORM", target.platform}};
    StringRef rest = path.drop_front();
    bool isToken = false;
    for (auto [token, value] : tokens) {
      StringRef after = rest;
      const bool inBraces = after.consume_front("{");
      if (!after.consume_front(token) ||
          (inBraces ? !after.consume_front("}")
                    : !after.empty() && (isAlnum(after[0]) || after[0] == '_')))
        continue;
      out += value;
      path = after;
      isToken = true;
      break;
    }
    if (!isToken) {
      out += '$';
      path = rest;
    }
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
    std::string folder = expand(folders.take_front(end), origin);
    while (folder.size() > 1 && StringRef(folder).ends_with("/"))
      folder.pop_back();
    // An empty entry is the current folder.
    if (auto found = findInFolder(folder.empty() ? "." : folder, name, foundBy))
      return found;
    if (end == StringRef::npos)
      return std::nullopt;
    folders = folders.drop_front(end + 1);
  }
}

bool LibrarySearch::isInDefaultFolder(StringRef path) const {
  return is_contained(defaultFolders, sys::path::parent_path(path));
}

std::optional<FoundFile> LibrarySearch::find(StringRef name,
                                             const SearchOrigin &origin,
                                             const SearchOrigin &main) const {
  if (name.contains('/'))
    return open(expand(name, origin), FoundBy::Path);

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
  const StringRef cached = cache.find(name, target.cacheFlags, hwcaps);
  if (!cached.empty() && !(origin.noDefaultLib && isInDefaultFolder(cached)))
    if (auto found = open(cached, FoundBy::Cache))
      return found;
  if (!origin.noDefaultLib)
    for (const std::string &folder : defaultFolders)
      if (auto found = findInFolder(folder, name, FoundBy::Default))
        return found;
  return std::nullopt;
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
