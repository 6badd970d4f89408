//===- BindPlugin.cpp - what a program opens ------------------------------===//
//
// A plugin is bound by itself, as if it were the only one: its scope is the
// program's search list and its own, whatever else has been opened. At run time
// another plugin may already have loaded an object of its group. The words of
// that object are then left alone, and the other objects are bound to it.
//
// The runtime writes the words as soon as the last object of a group is mapped,
// so it must be certain by then which object ld.so will find for each name. A
// group is bound only if no two objects could answer to one name, and if every
// object of it is needed by its DT_SONAME, which ld.so looks for in its list
// before it looks for files. An object without a DT_SONAME must always be
// needed by one name, which ld.so has noted when it loaded the object.
//
//===----------------------------------------------------------------------===//

#include "Binding/BindObject.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static StringRef sonameOf(const Image &image) {
  const std::optional<uint64_t> offset = image.dynamicValue(DT_SONAME);
  return offset ? image.string(*offset) : StringRef();
}

/// Whether ld.so finds each object that \p library needs in its list.
static Error checkNames(const Closure &closure, const Library &library) {
  size_t at = 0;
  for (const DynamicEntry &entry : library.image.dynamic) {
    if (entry.tag == DT_AUXILIARY || entry.tag == DT_FILTER)
      return error("{0} is a filter", library.path);
    if (entry.tag != DT_NEEDED)
      continue;
    const StringRef name = library.image.string(entry.value);
    if (at >= library.needed.size())
      return error("{0} needs {1}, which was not found", library.path, name);
    const Library &needed = closure.libraries[library.needed[at++]];
    const StringRef soname = sonameOf(needed.image);
    if ((soname.empty() ? StringRef(needed.name) : soname) != name)
      return error("{0} needs {1} by another name than its DT_SONAME",
                   library.path, needed.path);
  }
  return Error::success();
}

/// No two objects have one name.
static Error checkUnique(const Closure &closure) {
  StringMap<uint32_t> names;
  for (auto [index, library] : enumerate(closure.libraries))
    for (StringRef name :
         {StringRef(library.name), sys::path::filename(library.path)})
      if (!name.empty() && index &&
          names.try_emplace(name, index).first->second != index)
        return error("{0} and {1} have the same name",
                     closure.libraries[names[name]].path, library.path);
  return Error::success();
}

static Error check(const Plugin &plugin) {
  const Closure &closure = plugin.closure;
  for (const MissingLibrary &missing : closure.missingPlugins)
    return error("{0} was not found", missing.name);
  for (const MissingLibrary &missing : closure.missing)
    return error("{0}, which {1} needs, was not found", missing.name,
                 closure.libraries[missing.neededBy].path);
  for (uint32_t index : plugin.members) {
    const Library &library = closure.libraries[index];
    if (!library.unreadable.empty())
      return error("{0}: {1}", library.path, library.unreadable);
    if (Error e = checkNames(closure, library))
      return e;
  }
  return checkUnique(closure);
}

Expected<Plugin> bindPlugin(std::string path, ResolvedClosure closure) {
  Plugin out;
  out.path = std::move(path);
  out.closure = std::move(closure);
  if (out.closure.scopes.size() > 1)
    for (uint32_t index : out.closure.scopes[1])
      if (out.closure.libraries[index].group)
        out.members.push_back(index);
  if (Error e = check(out))
    return e;
  if (out.members.empty())
    return error("it is loaded at the start");
  // All of the start is relocated: its indirect functions can be called.
  std::vector<bool> isCalled;
  for (const Library &library : out.closure.libraries)
    isCalled.push_back(!library.group);
  const ObjectBinder binder(out.closure, isCalled);
  out.binding.objects.resize(out.closure.libraries.size());
  for (uint32_t index : out.members) {
    BoundObject &object = out.binding.objects[index];
    object.state = PreboundBound;
    ObjectBinder::findProbe(out.closure, index, object);
    binder.bind(index, object);
  }
  if (!out.binding.wordCount())
    return error("none of its words can be bound");
  return out;
}

} // namespace objprelink
