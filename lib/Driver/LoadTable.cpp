//===- LoadTable.cpp - who may be loaded with whom ------------------------===//
//
// prelink knew what a program needs, and not what it opens, so a program and
// its plugins could get one address. Here both are known, as far as files and
// users say: DT_NEEDED, notes of dlopen() (DlopenNotes.h), what programs were
// seen to open, and what the user names.
//
// All that a program reaches by these may be in its process, with two bounds.
// Of the names in one entry of a note one is opened, so two libraries that only
// different names of it lead to never meet. And a library that no program of
// the set reaches is loaded by one that is not known: it may meet all others.
//
// What is not in the set is taken to need nothing that is. A table that is
// wrong costs time and nothing else: a library whose address is taken is
// relocated as ever.
//
//===----------------------------------------------------------------------===//

#include "Driver/LoadTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace objprelink {

/// A program has few. What a hostile file has more of counts as opened in any
/// case.
static constexpr size_t kMostChoices = 64;

std::optional<uint32_t> LoadTable::idOf(StringRef name) const {
  // A path of a program's own system leads to no file here.
  for (StringRef each : {name, sys::path::filename(name)})
    if (const auto found = ids.find(each); found != ids.end())
      return found->second;
  return std::nullopt;
}

void LoadTable::addNames() {
  namesOfFile.resize(all.size());
  const auto add = [&](uint32_t file, StringRef name) {
    const auto [found, isNew] = ids.try_emplace(name, filesOfName.size());
    if (isNew)
      filesOfName.emplace_back();
    const uint32_t id = found->second;
    if (name.empty() || is_contained(namesOfFile[file], id))
      return;
    namesOfFile[file].push_back(id);
    filesOfName[id].push_back(file);
  };
  for (auto [index, file] : enumerate(all)) {
    add(index, file.path);
    add(index, sys::path::filename(file.path));
    for (StringRef name : file.names)
      add(index, name);
  }
}

void LoadTable::addEdges(uint32_t index) {
  const LoadedFile &file = all[index];
  Edges &out = edges.emplace_back();
  const auto idsOf = [&](ArrayRef<std::string> names) {
    Names found;
    for (const std::string &name : names)
      if (const std::optional<uint32_t> id = idOf(name))
        found.push_back(*id);
    llvm::sort(found);
    found.erase(llvm::unique(found), found.end());
    return found;
  };
  out.needed = out.always = idsOf(file.needed);
  out.recorded = idsOf(file.recorded);
  append_range(out.always, out.recorded);
  size_t count = 0;
  for (const std::vector<std::string> &alternatives : file.opened) {
    const Names options = idsOf(alternatives);
    append_range(out.opened, options);
    if (options.size() > 1 && count++ < kMostChoices)
      choices.push_back({index, options});
    else
      append_range(out.always, options);
  }
}

/// Adds to \p out what \p files and those with \p names have loaded, themselves
/// included, if nothing is chosen by \p without.
void LoadTable::reach(ArrayRef<uint32_t> files, ArrayRef<uint32_t> names,
                      const Choice *without, BitVector &out) const {
  SmallVector<uint32_t, 64> work;
  BitVector seen(filesOfName.size());
  const auto addFile = [&](uint32_t file) {
    if (!out.test(file)) {
      out.set(file);
      work.push_back(file);
    }
  };
  const auto addNames = [&](ArrayRef<uint32_t> names) {
    for (uint32_t name : names)
      if (!seen.test(name)) {
        seen.set(name);
        for_each(filesOfName[name], addFile);
      }
  };
  for_each(files, addFile);
  addNames(names);
  while (!work.empty()) {
    const uint32_t file = work.pop_back_val();
    addNames(edges[file].always);
    // Those of one opener stand together.
    for (auto choice = llvm::lower_bound(choices, file,
                                         [](const Choice &c, uint32_t opener) {
                                           return c.opener < opener;
                                         });
         choice != choices.end() && choice->opener == file; ++choice)
      if (&*choice != without)
        addNames(choice->options);
  }
}

/// Adds what may meet in a process of \p program, and who is in it.
void LoadTable::addWorld(uint32_t program, BitVector &known) {
  Names roots = plugins;
  roots.push_back(program);
  BitVector world(all.size());
  reach(roots, {}, nullptr, world);
  known |= world;
  std::vector<std::pair<uint32_t, BitVector>> met;
  for (unsigned file : world.set_bits())
    met.emplace_back(file, world);
  unsigned count = 0;
  for (const Choice &choice : choices) {
    if (!world.test(choice.opener) || count++ >= kMostChoices)
      continue;
    BitVector rest(all.size());
    reach(roots, {}, &choice, rest);
    std::vector<BitVector> cases;
    for (uint32_t name : choice.options) {
      reach({}, name, nullptr, cases.emplace_back(all.size()));
      cases.back() |= rest;
    }
    for (auto &[file, others] : met) {
      BitVector together(all.size());
      for (const BitVector &one : cases)
        if (one.test(file))
          together |= one;
      others &= together;
    }
  }
  for (const auto &[file, others] : met)
    rows[file] |= others;
}

LoadTable::LoadTable(std::vector<LoadedFile> files) : all(std::move(files)) {
  addNames();
  for (auto [index, file] : enumerate(all)) {
    addEdges(index);
    if (file.isPlugin)
      plugins.push_back(index);
  }
  rows.assign(all.size(), BitVector(all.size()));
  BitVector known(all.size());
  for (auto [index, file] : enumerate(all))
    if (file.isProgram)
      addWorld(index, known);
  for (uint32_t file : plugins)
    known.reset(file);
  for (size_t file = 0; file < all.size(); ++file) {
    if (known.test(file))
      continue;
    rows[file].set();
    for (BitVector &row : rows)
      row.set(file);
  }
}

bool LoadTable::isFull() const {
  return all_of(rows, [](const BitVector &row) { return row.all(); });
}

/// Who names \p index, and how.
std::string LoadTable::loadersOf(size_t index) const {
  SmallVector<std::string, 4> out;
  if (all[index].isPlugin)
    out.push_back("a plugin");
  const auto isIn = [&](const Names &names) {
    return any_of(namesOfFile[index],
                  [&](uint32_t name) { return is_contained(names, name); });
  };
  for (auto [by, file] : enumerate(all)) {
    if (by == index)
      continue;
    if (isIn(edges[by].needed))
      out.push_back("needed by " + file.path);
    if (isIn(edges[by].opened))
      out.push_back("opened by " + file.path);
    if (isIn(edges[by].recorded))
      out.push_back("seen opened by " + file.path);
  }
  return join(out, ", ");
}

std::string LoadTable::missingOf(size_t index) const {
  std::string out;
  for (const std::vector<std::string> &names : all[index].opened)
    if (!names.empty() &&
        none_of(names, [&](StringRef name) { return idOf(name).has_value(); }))
      out += "; opens " + join(names, " or ") + ", not in the set";
  return out;
}

std::string LoadTable::describe(size_t index) const {
  const auto company = [&]() -> std::string {
    if (all[index].isProgram)
      return "a program";
    SmallVector<StringRef, 8> with, without;
    for (size_t other = 0; other < all.size(); ++other)
      if (other != index && !all[other].isProgram)
        (areTogether(index, other) ? with : without).push_back(all[other].path);
    if (without.empty())
      return "may be loaded with all others";
    if (with.empty())
      return "is loaded with none of the others";
    return with.size() < without.size()
               ? "is loaded with none but " + join(with, ", ")
               : "is never loaded with " + join(without, ", ");
  };
  const std::string loaders = loadersOf(index);
  return (loaders.empty() ? "" : loaders + "; ") + company() + missingOf(index);
}

} // namespace objprelink
