#include "Binding/Binding.h"
#include "Binding/BindObject.h"
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

static bool isNamed(const Library &library, StringRef name) {
  return library.name == name;
}

/// Before 2.35, an audit object makes calls slow for ever; the runtime does
/// nothing there.
static Error checkGlibc(const Closure &closure) {
  const auto libc = find_if(closure.libraries, [](const Library &library) {
    return isNamed(library, "libc.so.6") && !library.group;
  });
  if (libc == closure.libraries.end())
    return error("it does not use glibc");
  if (none_of(libc->image.definedVersions, [](const DefinedVersion &version) {
        return version.name == "GLIBC_2.35";
      }))
    return error("{0} is of a glibc before 2.35", libc->path);
  return Error::success();
}

/// Beside an audit object, ld.so takes the thread-local storage of libraries
/// that have to have it at a fixed place from a surplus (init_tls, elf/rtld.c,
/// since it comes before the libraries are loaded), which is 288 bytes larger
/// than without one (_dl_tls_static_surplus_init). Beyond these, the program
/// would not start, or could open less than it can alone, unless a tunable
/// makes as much room more. Returns what the tunable has to be, 0 where it may
/// be what it is.
static Expected<uint32_t> findStaticTls(const Closure &closure) {
  constexpr uint64_t enough = 288, usual = 512, most = 1 << 24;
  uint64_t sum = 0;
  for (const Library &library : drop_begin(closure.libraries))
    for (const Segment &segment : library.image.segments)
      if (segment.type == PT_TLS) {
        // No sum of these overflows, whatever a file says.
        constexpr uint64_t large = uint64_t(1) << 40;
        sum += std::min(segment.memorySize, large) +
               std::min(std::max<uint64_t>(segment.alignment, 1), large) - 1;
      }
  if (sum > most)
    return error("its libraries have more thread-local storage than there can "
                 "be room for beside the runtime ({0} bytes, {1} at most)",
                 sum, most);
  return sum <= enough ? 0 : sum + usual;
}

/// ld.so adds a relocation to the hook's table, so this must be one that it
/// reads as a table of its own.
static bool canBeHook(const Library &library) {
  const Image &image = library.image;
  return !library.isLoader && image.hasAddends && hasWritableDynamic(image) &&
         image.dynamicValue(DT_RELA) &&
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

/// The first place in \p order behind the libraries of \p names at which a
/// start can be entered; nothing where there is none.
static std::optional<Entrance> findEntrance(const Closure &closure,
                                            ArrayRef<uint32_t> order,
                                            ArrayRef<StringRef> names) {
  Entrance out;
  size_t ready = 0;
  for (auto [at, index] : enumerate(order))
    if (is_contained(names, closure.libraries[index].name)) {
      out.called.push_back(index);
      ready = at + 1;
    }
  out.hook = ready;
  while (out.hook < order.size() &&
         !canBeHook(closure.libraries[order[out.hook]]))
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
    binder.findProbe(index, object);
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
  Expected<uint32_t> staticTls = findStaticTls(closure);
  if (!staticTls)
    return staticTls.takeError();

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
  out.staticTls = *staticTls;
  return out;
}

} // namespace objprelink
