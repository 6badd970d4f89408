//===- RelocationOrder.cpp - when ld.so relocates what --------------------===//
//
// ld.so sorts the program's search list and goes through it from the end. Since
// glibc 2.35 it visits the list from the end and puts each library behind all
// that it needs (_dl_sort_maps_dfs in elf/dl-sort-maps.c). Before, it moved one
// library after the other, the program left out, behind the last one that needs
// it, until nothing moved any more (_dl_sort_maps; the same for
// glibc.rtld.dynamic_sort=1 today). Read in 2.31, 2.34, 2.36 and 2.41.
// From 2.41 on, libc is relocated before all others, which changes nothing for
// these.
//
//===----------------------------------------------------------------------===//

#include "Loader/RelocationOrder.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace llvm;

namespace objprelink {

bool hasGlibc(const Closure &closure, StringRef version) {
  return any_of(closure.libraries, [&](const Library &library) {
    return library.name == "libc.so.6" && !library.group &&
           any_of(library.image.definedVersions,
                  [&](const DefinedVersion &defined) {
                    return defined.name == version;
                  });
  });
}

/// Appends \p library behind all that it needs.
static void appendBehindNeeded(const Closure &closure, uint32_t library,
                               std::vector<bool> &visited,
                               std::vector<uint32_t> &out) {
  if (visited[library])
    return;
  visited[library] = true;
  for (uint32_t needed : closure.libraries[library].needed)
    appendBehindNeeded(closure, needed, visited, out);
  out.push_back(library);
}

/// Sorts \p list as glibc did before 2.35. Where libraries need each other,
/// each is moved as often as there are libraries left, and then stays.
static void sortByMoving(const Closure &closure, std::vector<uint32_t> &list) {
  const auto needs = [&](uint32_t library, uint32_t other) {
    return is_contained(closure.libraries[library].needed, other);
  };
  std::vector<size_t> seen(list.size());
  for (size_t at = 0; at < list.size();) {
    ++seen[at];
    size_t last = list.size() - 1;
    while (last > at && !needs(list[last], list[at]))
      --last;
    if (last > at) {
      const auto moveBack = [&](auto &of) {
        std::rotate(of.begin() + at, of.begin() + at + 1,
                    of.begin() + last + 1);
      };
      moveBack(list);
      if (seen[at + 1] <= list.size() - at) {
        moveBack(seen);
        continue;
      }
    }
    ++at;
    std::fill(seen.begin() + at, seen.end(), 0);
  }
}

std::vector<uint32_t> relocationOrder(const Closure &closure) {
  std::vector<uint32_t> out;
  std::vector<bool> visited(closure.libraries.size());
  // Whatever is not glibc keeps the newer order.
  if (hasGlibc(closure, "GLIBC_2.2.5") && !hasGlibc(closure, "GLIBC_2.35")) {
    std::vector<uint32_t> list(drop_begin(closure.scopes[0]).begin(),
                               closure.scopes[0].end());
    sortByMoving(closure, list);
    for (uint32_t library : reverse(list)) {
      out.push_back(library);
      visited[library] = true;
    }
  }
  for (uint32_t library = closure.libraries.size(); library--;)
    appendBehindNeeded(closure, library, visited, out);
  return out;
}

} // namespace objprelink
