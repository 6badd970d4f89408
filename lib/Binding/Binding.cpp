#include "Binding/Binding.h"
#include "Binding/BindObject.h"
#include "Loader/RelocationOrder.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Solaris's entries for libraries that watch the loader; glibc has them, too.
static constexpr int64_t kAudit = 0x6ffffefc, kDependencyAudit = 0x6ffffefb;

uint64_t Binding::wordCount() const {
  uint64_t out = 0;
  for (const BoundObject &object : objects)
    out += object.words.size();
  return out;
}

uint64_t Binding::restCount() const {
  uint64_t out = 0;
  for (const BoundObject &object : objects)
    out += object.rest.size();
  return out;
}

/// Refuses what no table can be right for.
static Error checkClosure(const Closure &closure) {
  if (closure.interpreter.empty())
    return error("it is not a dynamically linked program");
  if (closure.target->wordSize != 8)
    return error("programs of {0} are not bound", closure.target->name);
  for (const MissingLibrary &missing : closure.missing)
    return error("{0}, which {1} needs, was not found", missing.name,
                 closure.libraries[missing.neededBy].path);
  for (const Library &library : closure.libraries) {
    if (!library.unreadable.empty())
      return error("{0}: {1}", library.path, library.unreadable);
    // Others ask at each binding, and the runtime has to be alone.
    if (library.image.dynamicValue(kAudit) ||
        library.image.dynamicValue(kDependencyAudit))
      return error("{0} names an audit module of its own (DT_AUDIT)",
                   library.path);
  }
  return Error::success();
}

/// 2.31 is the oldest that has been tried, and what is relied on is the same in
/// 2.33 and 2.34. Other libraries have other loaders.
static Error checkGlibc(const Closure &closure) {
  if (!hasGlibc(closure, "GLIBC_2.2.5"))
    return error("it does not use glibc");
  if (!hasGlibc(closure, "GLIBC_2.30"))
    return error("it is a program of a glibc before 2.31");
  return Error::success();
}

/// ld.so adds a relocation to the hook's table, so this must be one that it
/// reads as a table of its own. \p wantsProbe says that it may have been
/// relocated when the runtime comes to it, which has to show.
static bool canBeHook(const Closure &closure, uint32_t index, bool wantsProbe) {
  const Library &library = closure.libraries[index];
  const Image &image = library.image;
  if (wantsProbe) {
    BoundObject object;
    ObjectBinder::findProbe(closure, index, object);
    if (!object.probePlace)
      return false;
  }
  return !library.isLoader && !isOfChain(library) && image.hasAddends &&
         hasWritableDynamic(image) && image.dynamicValue(DT_RELA) &&
         image.dynamicValue(DT_RELASZ) == image.relocationTable.size &&
         image.relocationTable.size;
}

namespace {
/// Where a start may be entered.
struct Entrance {
  /// The libraries whose indirect functions are called, by index.
  std::vector<uint32_t> called;
  /// The place of the hook in the order of relocation.
  size_t hook = 0;
};
} // namespace

/// The first place in \p order behind the libraries of \p names, and behind the
/// runtime if it is one of the libraries, at which a start can be entered;
/// nothing where there is none.
static std::optional<Entrance> findEntrance(const Closure &closure,
                                            ArrayRef<uint32_t> order,
                                            ArrayRef<StringRef> names) {
  Entrance out;
  size_t ready = 0;
  bool wantsProbe = false;
  for (auto [at, index] : enumerate(order))
    if (is_contained(names, closure.libraries[index].name)) {
      out.called.push_back(index);
      ready = at + 1;
    } else if (isPreloadedRuntime(closure.libraries[index])) {
      ready = at + 1;
      wantsProbe = true;
    }
  out.hook = ready;
  while (out.hook < order.size() &&
         !canBeHook(closure, order[out.hook], wantsProbe))
    ++out.hook;
  // The program comes last, and nothing is gained if it is all that is left.
  if (out.called.empty() || out.hook + 1 >= order.size())
    return std::nullopt;
  return out;
}

static Expected<Binding> bindFrom(const ResolvedClosure &closure,
                                  ArrayRef<uint32_t> order,
                                  const Entrance &entrance) {
  Binding out;
  out.objects.resize(closure.libraries.size());
  out.hook = order[entrance.hook];
  std::vector<bool> isCalled(closure.libraries.size());
  for (uint32_t index : entrance.called)
    isCalled[index] = true;
  for (auto [at, index] : enumerate(order)) {
    BoundObject &object = out.objects[index];
    if (at > entrance.hook)
      object.state = PreboundBound;
    else
      object.reason = at == entrance.hook
                          ? "the runtime enters by it"
                          : "it is relocated before the runtime enters";
  }
  const ObjectBinder binder(closure, isCalled);
  parallelFor(0, closure.libraries.size(), [&](size_t index) {
    BoundObject &object = out.objects[index];
    ObjectBinder::findProbe(closure, index, object);
    if (object.state == PreboundBound)
      binder.bind(index, object);
  });
  for (uint32_t index : entrance.called) {
    // Without a probe, nobody knows whether its functions may be called.
    if (!out.objects[index].probePlace)
      return error("{0} has no relative relocation",
                   closure.libraries[index].path);
    out.objects[index].state = PreboundFirst;
  }
  for (const BoundObject &object : out.objects)
    for (const BoundWord &word : object.words)
      out.hasLazy |= word.isLazy;
  return out;
}

/// Where libm comes late, more is gained by going without its indirect
/// functions.
Expected<Binding> bindClosure(const ResolvedClosure &closure) {
  if (Error e = checkClosure(closure))
    return e;
  if (Error e = checkGlibc(closure))
    return e;

  const std::vector<uint32_t> order = relocationOrder(closure);
  static constexpr StringRef kCalled[] = {"libc.so.6", "libm.so.6"};
  Binding out;
  for (size_t count : {2, 1}) {
    const std::optional<Entrance> entrance =
        findEntrance(closure, order, ArrayRef(kCalled).take_front(count));
    if (!entrance)
      continue;
    Expected<Binding> binding = bindFrom(closure, order, *entrance);
    if (!binding)
      return binding;
    if (binding->wordCount() > out.wordCount())
      out = std::move(*binding);
  }
  if (!out.wordCount())
    return error("none of its libraries is relocated late enough to be bound");
  return out;
}

} // namespace objprelink
