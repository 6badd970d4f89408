//===- Closure.cpp - what ld.so loads for a program -----------------------===//
//
// Follows _dl_map_object_deps (glibc 2.36, elf/dl-deps.c) or load_deps (musl
// 1.2, ldso/dynlink.c): breadth first, each file once, told apart by device and
// inode.
//
//===----------------------------------------------------------------------===//

#include "Loader/Closure.h"
#include "ELF/DlopenNotes.h"
#include "ELF/ImageReader.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"
#include <deque>
#include <map>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// No program has as many: a limit for what makes up names.
static constexpr size_t kMostLibraries = 10000;

namespace {
class Loader {
public:
  Loader(const ClosureRequest &request, const Sysroot &sysroot,
         Closure &closure)
      : request(request), closure(closure),
        search(sysroot, request.libraryPath, *closure.target, closure.loader) {}
  void load(FoundFile program, Image image);

private:
  std::optional<uint32_t> loaded(StringRef name) const;
  std::optional<uint32_t> need(StringRef name, uint32_t by, uint32_t group,
                               const SearchOrigin &origin);
  std::string expandPath(StringRef name, const SearchOrigin &origin) const;
  const SearchOrigin &openerOf(uint32_t by) const;
  std::optional<uint32_t> add(FoundFile file, StringRef name, uint32_t by,
                              uint32_t group);
  uint32_t append(FoundFile file, Expected<Image> image, StringRef name,
                  uint32_t by, uint32_t group);
  void loadNeeded(std::vector<uint32_t> &list, uint32_t group);
  void loadPreloads(std::vector<uint32_t> &list);
  void open(StringRef file, uint32_t by);
  void openNoted();

  const ClosureRequest &request;
  Closure &closure;
  LibrarySearch search;
  /// Of each library; they refer to each other.
  std::deque<SearchOrigin> origins;
  StringMap<uint32_t> byName;
  std::map<std::pair<dev_t, ino_t>, uint32_t> byFile;
};
} // namespace

static StringRef dynamicString(const Image &image, int64_t tag) {
  const std::optional<uint64_t> offset = image.dynamicValue(tag);
  return offset ? image.string(*offset) : StringRef();
}

/// A library that is there already under \p name: the one that it was needed
/// by before, or, for glibc, its DT_SONAME (_dl_map_object).
std::optional<uint32_t> Loader::loaded(StringRef name) const {
  const auto found = byName.find(name);
  return found == byName.end() ? std::nullopt : std::optional(found->second);
}

std::optional<uint32_t> Loader::add(FoundFile found, StringRef name,
                                    uint32_t by, uint32_t group) {
  const auto key =
      std::pair(found.file.status.st_dev, found.file.status.st_ino);
  if (const auto old = byFile.find(key); old != byFile.end()) {
    byName.try_emplace(name, old->second);
    return old->second;
  }
  if (closure.libraries.size() == kMostLibraries)
    return std::nullopt;
  Expected<Image> image = readLoadable(found.file.bytes());
  return append(std::move(found), std::move(image), name, by, group);
}

uint32_t Loader::append(FoundFile found, Expected<Image> image, StringRef name,
                        uint32_t by, uint32_t group) {
  const uint32_t index = closure.libraries.size();
  SearchOrigin &origin = origins.emplace_back();
  origin.folder = sys::path::parent_path(found.path).str();
  origin.loader = index ? &origins[by] : nullptr;
  Library library = {.path = found.path,
                     .name = name.str(),
                     .foundBy = found.foundBy,
                     .file = std::move(found.file),
                     .image = {},
                     .unreadable = {},
                     .loader = by,
                     .needed = {},
                     .group = group,
                     .isLoader = false};
  if (image && (image->machine != closure.target->machine ||
                image->is64 != closure.target->is64)) {
    library.unreadable = "it is for another machine than the program";
  } else if (image) {
    library.image = std::move(*image);
    origin.rpath = dynamicString(library.image, DT_RPATH);
    origin.runpath = dynamicString(library.image, DT_RUNPATH);
    origin.noDefaultLib =
        library.image.dynamicValue(DT_FLAGS_1).value_or(0) & DF_1_NODEFLIB;
    const StringRef soname = dynamicString(library.image, DT_SONAME);
    if (!soname.empty()) {
      library.name = soname.str();
      if (!closure.loader.isMusl())
        byName.try_emplace(soname, index);
    }
  } else {
    library.unreadable = toString(image.takeError());
  }
  byName.try_emplace(name, index);
  byFile[{library.file.status.st_dev, library.file.status.st_ino}] = index;
  closure.libraries.push_back(std::move(library));
  return index;
}

/// \p name is wanted by \p by, and is searched for as \p origin says.
std::optional<uint32_t> Loader::need(StringRef name, uint32_t by,
                                     uint32_t group,
                                     const SearchOrigin &origin) {
  if (const std::optional<uint32_t> index = loaded(name))
    return index;
  std::optional<FoundFile> found = search.find(name, origin, origins.front());
  return found ? add(std::move(*found), name, by, group) : std::nullopt;
}

/// Names that users and programs give, unlike those of the dynamic table, have
/// tokens in paths only.
std::string Loader::expandPath(StringRef name,
                               const SearchOrigin &origin) const {
  return name.contains('/') ? search.expand(name, origin) : name.str();
}

/// Whose DT_RUNPATH holds for what \p by opens by dlopen(): to musl the
/// program's.
const SearchOrigin &Loader::openerOf(uint32_t by) const {
  return closure.loader.isMusl() ? origins.front() : origins[by];
}

/// The tags that name libraries, for this loader.
static bool namesLibrary(int64_t tag, const DynamicLoader &loader) {
  return tag == DT_NEEDED ||
         (!loader.isMusl() && (tag == DT_AUXILIARY || tag == DT_FILTER));
}

/// Completes \p list, which begins with what is loaded, breadth first.
void Loader::loadNeeded(std::vector<uint32_t> &list, uint32_t group) {
  std::vector<bool> listed(closure.libraries.size());
  for (uint32_t index : list)
    listed[index] = true;
  for (size_t at = 0; at < list.size(); ++at) {
    const uint32_t by = list[at];
    // Copies: libraries are added meanwhile.
    std::vector<std::pair<int64_t, std::string>> names;
    for (const DynamicEntry &entry : closure.libraries[by].image.dynamic)
      if (namesLibrary(entry.tag, closure.loader)) {
        const StringRef name = closure.libraries[by].image.string(entry.value);
        names.push_back({entry.tag, search.expand(name, origins[by])});
      }
    const bool isNew = closure.libraries[by].needed.empty();
    for (const auto &[tag, name] : names) {
      const std::optional<uint32_t> index = need(name, by, group, origins[by]);
      if (!index) {
        // What stands in for parts of a library need not be there.
        if (isNew && tag != DT_AUXILIARY)
          closure.missing.push_back({name, by});
        continue;
      }
      if (isNew)
        closure.libraries[by].needed.push_back(*index);
      listed.resize(closure.libraries.size());
      if (!listed[*index])
        list.push_back(*index);
      listed[*index] = true;
    }
  }
}

void Loader::loadPreloads(std::vector<uint32_t> &list) {
  // For musl they are nobody's, and no DT_RUNPATH holds.
  const SearchOrigin nobody;
  const SearchOrigin &origin =
      closure.loader.isMusl() ? nobody : origins.front();
  for (const std::string &word : search.preloads(request.preload)) {
    const std::string name = expandPath(word, origin);
    std::optional<uint32_t> index;
    if (std::optional<FoundFile> found =
            search.find(name, origin, origins.front())) {
      if (found->foundBy != FoundBy::Loader)
        found->foundBy = FoundBy::Preload;
      index = add(std::move(*found), name, 0, 0);
    }
    if (!index)
      closure.missing.push_back({name, 0});
    else if (!is_contained(list, *index))
      list.push_back(*index);
  }
}

/// dlopen(): a search list of its own.
void Loader::open(StringRef file, uint32_t by) {
  const uint32_t group = closure.scopes.size();
  const std::string name = expandPath(file, openerOf(by));
  const std::optional<uint32_t> index = need(name, by, group, openerOf(by));
  if (!index) {
    closure.missingPlugins.push_back({name, by});
    return;
  }
  // It has a list already, or is part of the program.
  if (closure.libraries[*index].group != group)
    return;
  std::vector<uint32_t> list = {*index};
  loadNeeded(list, group);
  closure.scopes.push_back(std::move(list));
}

/// Opens what the libraries say they may open, those that come by that too.
void Loader::openNoted() {
  for (uint32_t by = 0; by < closure.libraries.size(); ++by) {
    if (!closure.libraries[by].unreadable.empty())
      continue;
    for (const DlopenNote &note :
         readDlopenNotes(closure.libraries[by].image)) {
      // The first of the names that is there.
      const auto name = find_if(note.sonames, [&](const std::string &soname) {
        return loaded(soname) ||
               search.find(soname, openerOf(by), origins.front());
      });
      if (name != note.sonames.end())
        open(*name, by);
      else if (!note.sonames.empty())
        closure.missingPlugins.push_back({note.sonames.front(), by});
    }
  }
}

void Loader::load(FoundFile program, Image read) {
  const std::string name = program.path;
  append(std::move(program), std::move(read), name, 0, 0);
  std::vector<uint32_t> list = {0};
  loadPreloads(list);
  loadNeeded(list, 0);
  closure.scopes.push_back(std::move(list));
  for (const std::string &plugin : request.plugins)
    open(plugin, 0);
  if (request.dlopenNotes)
    openNoted();

  // ld.so has itself loaded before anything else, under the name that
  // libraries need it by.
  for (Library &library : closure.libraries)
    library.isLoader = sys::path::filename(library.name).starts_with("ld-") ||
                       library.path == closure.loader.path;
}

Expected<Closure> loadClosure(const ClosureRequest &request) {
  Expected<InputFile> file = InputFile::open(request.program);
  if (!file)
    return file.takeError();
  Expected<Image> image = readLoadable(file->bytes());
  if (!image)
    return image.takeError();
  Closure closure;
  closure.target = findMachine(image->machine, image->is64);
  if (!closure.target)
    return error("machine {0} is not supported", image->machine);
  // $ORIGIN is of the file's own folder, as it is in the sysroot.
  std::string path = file->realPath;
  if (StringRef root = request.sysroot; !root.empty()) {
    Expected<std::string> inside = pathInside(root, path);
    if (!inside)
      return inside.takeError();
    path = std::move(*inside);
  }
  const Sysroot sysroot(request.sysroot);
  closure.interpreter = interpreterOf(*image).str();
  closure.loader = findDynamicLoader(*image, *closure.target, sysroot);
  Loader(request, sysroot, closure)
      .load({path, std::move(*file), FoundBy::Program}, std::move(*image));
  return closure;
}

} // namespace objprelink
