#include "Binding/VerifyTable.h"
#include "ELF/ImageReader.h"
#include "Process/LoadedObjects.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"
#include <linux/auxvec.h>
#include <map>
#include <sys/stat.h>

using namespace llvm;

namespace objprelink {

/// Where the interpreter calls debuggers, counted from its base.
static Expected<uint64_t> findNotice(const Closure &closure) {
  Expected<InputFile> file = InputFile::open(closure.interpreter);
  if (!file)
    return file.takeError();
  Expected<Image> image = readLoadable(file->bytes());
  if (!image)
    return inContext(closure.interpreter, image.takeError());
  for (const DynamicSymbol &symbol : image->symbols)
    if (!symbol.isUndefined() && image->name(symbol) == "_dl_debug_state")
      return symbol.value;
  return error("{0} does not define _dl_debug_state", closure.interpreter);
}

/// The relocations of a library that ld.so does whatever the binding says. Of
/// one that is not bound, those of its PLT are left out: they may wait.
static ArrayRef<Relocation> restOf(const Closure &closure,
                                   const Binding &binding, uint32_t library) {
  const BoundObject &bound = binding.objects[library];
  return bound.state == PreboundBound
             ? ArrayRef(bound.rest)
             : ArrayRef(closure.libraries[library].image.relocations);
}

namespace {
/// A process that is stopped.
class Observer {
public:
  /// Words are read of the libraries of \p group.
  Observer(pid_t pid, const Closure &closure, const Binding &binding,
           uint32_t group)
      : pid(pid), closure(closure), binding(binding), group(group) {}
  Expected<Start> observe();

private:
  Expected<uint32_t> identify(const LoadedObject &object, size_t place);
  Error readSegments(StartedObject &object);
  Error readWords(StartedObject &object);

  const pid_t pid;
  const Closure &closure;
  const Binding &binding;
  const uint32_t group;
  /// The writable segments of an object, by address in the file.
  std::map<uint64_t, std::vector<uint8_t>> segments;
};
} // namespace

/// Which library of the closure \p object is.
Expected<uint32_t> Observer::identify(const LoadedObject &object,
                                      size_t place) {
  if (!place)
    return 0;
  struct stat status;
  if (::stat(object.name.c_str(), &status))
    return error("{0}, which the loader has loaded, is not there", object.name);
  for (auto [index, library] : enumerate(closure.libraries))
    if (index && library.file.status.st_dev == status.st_dev &&
        library.file.status.st_ino == status.st_ino)
      return index;
  return error("{0}, which the loader has loaded, was not expected",
               object.name);
}

Error Observer::readSegments(StartedObject &object) {
  segments.clear();
  const Image &image = closure.libraries[object.library].image;
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    if (!(segment.flags & ELF::PF_W) || !segment.memorySize)
      continue;
    Expected<std::vector<uint8_t>> bytes =
        readMemory(pid, object.base + segment.address, segment.memorySize);
    if (!bytes)
      return bytes.takeError();
    segments[segment.address] = std::move(*bytes);
  }
  return Error::success();
}

Error Observer::readWords(StartedObject &object) {
  const BoundObject &bound = binding.objects[object.library];
  const auto wordAt = [&](uint64_t place) -> uint64_t {
    const auto next = segments.upper_bound(place);
    if (next == segments.begin())
      return 0;
    const auto &[begin, bytes] = *std::prev(next);
    return place - begin + 8 <= bytes.size()
               ? support::endian::read64le(&bytes[place - begin])
               : 0;
  };
  if (Error e = readSegments(object))
    return e;
  for (const BoundWord &word : bound.words)
    object.words.push_back(wordAt(word.place));
  for (const Relocation &relocation : restOf(closure, binding, object.library))
    object.rest.push_back(wordAt(relocation.offset));
  const AddressRange &dynamic =
      closure.libraries[object.library].image.dynamicRange;
  for (uint64_t at = dynamic.address; at + 16 <= dynamic.end(); at += 16)
    if (int64_t tag = wordAt(at);
        tag == ELF::DT_RELASZ || tag == ELF::DT_PLTRELSZ)
      object.relocationBytes += wordAt(at + 8);
  return Error::success();
}

Expected<Start> Observer::observe() {
  Expected<std::vector<LoadedObject>> list = readLoadedObjects(pid);
  if (!list)
    return list.takeError();
  Start out;
  if (Expected<uint64_t> at = readAuxiliary(pid, AT_SYSINFO_EHDR))
    out.kernelAt = *at;
  else
    consumeError(at.takeError());
  for (auto [place, loaded] : enumerate(*list)) {
    if (out.kernelAt && loaded.base == out.kernelAt)
      continue;
    Expected<uint32_t> library = identify(loaded, place);
    if (!library && group) {
      consumeError(library.takeError());
      out.strangers.push_back({loaded.name, loaded.base});
      continue;
    }
    if (!library)
      return library.takeError();
    StartedObject object;
    object.library = *library;
    object.base = loaded.base;
    object.isOld = closure.libraries[*library].group != group;
    if (!object.isOld)
      if (Error e = readWords(object))
        return e;
    out.objects.push_back(std::move(object));
  }
  return out;
}

/// The last line that the program has left in \p path.
static std::string lastLine(const std::string &path) {
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(path);
  if (!file)
    return {};
  const StringRef text = (*file)->getBuffer().rtrim();
  return text.substr(text.rfind('\n') + 1).take_front(1000).str();
}

/// Adds what the program has said to \p e.
static Error explain(const StartRequest &request, Error e) {
  const std::string said = lastLine(request.errorFile);
  return said.empty() ? std::move(e) : inContext(said, std::move(e));
}

static Command commandOf(const StartRequest &request) {
  Command command;
  command.arguments = {request.program};
  command.environment = request.environment;
  command.errorFile = request.errorFile;
  return command;
}

/// Where libc opens libraries, counted from its base, and which library it is.
static Expected<std::pair<uint32_t, uint64_t>>
findOpener(const Closure &closure) {
  for (auto [index, library] : enumerate(closure.libraries))
    if (library.name == "libc.so.6" && !library.group)
      for (const DynamicSymbol &symbol : library.image.symbols)
        if (!symbol.isUndefined() && symbol.type == ELF::STT_FUNC &&
            library.image.name(symbol) == "dlopen")
          return std::pair<uint32_t, uint64_t>(index, symbol.value);
  return error("libc does not define dlopen");
}

/// Where initialisers of \p image are, counted from its base.
static std::vector<uint64_t> initialisersOf(const Image &image) {
  std::vector<uint64_t> out;
  if (const auto single = image.dynamicValue(ELF::DT_INIT))
    out.push_back(*single);
  const auto array = image.dynamicValue(ELF::DT_INIT_ARRAY);
  const auto size = image.dynamicValue(ELF::DT_INIT_ARRAYSZ);
  if (!array || !size)
    return out;
  for (const Relocation &relocation : image.relocations)
    if (relocation.offset - *array < *size)
      out.push_back(relocation.symbol ? image.symbols[relocation.symbol].value +
                                            relocation.addend
                                      : relocation.addend);
  for (uint64_t place : image.relrPlaces)
    if (place - *array < *size)
      if (const Bytes bytes = image.contentsAt(place, 8); !bytes.empty())
        out.push_back(support::endian::read64le(bytes.data()));
  return out;
}

Expected<Start> observePlugin(const StartRequest &request, const Plugin &plugin,
                              Interruptible &signals) {
  const Closure &closure = plugin.closure;
  Expected<uint64_t> notice = findNotice(closure);
  if (!notice)
    return notice.takeError();
  Expected<std::pair<uint32_t, uint64_t>> opener = findOpener(closure);
  if (!opener)
    return opener.takeError();
  OpenRequest open;
  open.path = plugin.path;
  open.notice = *notice;
  const struct stat &libc = closure.libraries[opener->first].file.status;
  open.isOpener = [&](const LoadedObject &object) {
    struct stat status;
    return !::stat(object.name.c_str(), &status) &&
           status.st_dev == libc.st_dev && status.st_ino == libc.st_ino;
  };
  open.opener = opener->second;
  open.initialisers = [&](const LoadedObject &object) {
    struct stat status;
    std::vector<uint64_t> out;
    if (::stat(object.name.c_str(), &status))
      return out;
    for (uint32_t index : plugin.members) {
      const Library &library = closure.libraries[index];
      if (library.file.status.st_dev == status.st_dev &&
          library.file.status.st_ino == status.st_ino)
        for (uint64_t at : initialisersOf(library.image))
          out.push_back(object.base + at);
    }
    return out;
  };
  Start out;
  Error e = runToOpened(commandOf(request), open, signals, [&](pid_t pid) {
    return Observer(pid, closure, plugin.binding, /*group=*/1)
        .observe()
        .moveInto(out);
  });
  if (e)
    return explain(request, std::move(e));
  // Others may be there, but none may be in the place of one of the group.
  for (uint32_t index : plugin.members)
    if (none_of(out.objects, [&](const StartedObject &object) {
          return object.library == index;
        }))
      return error("{0}, which was expected, has not been loaded",
                   closure.libraries[index].path);
  return out;
}

Expected<Start> observeStart(const StartRequest &request,
                             const Closure &closure, const Binding &binding,
                             Interruptible &signals) {
  Expected<uint64_t> notice = findNotice(closure);
  if (!notice)
    return notice.takeError();
  Start out;
  Error e =
      runToRelocated(commandOf(request), *notice, signals, [&](pid_t pid) {
        return Observer(pid, closure, binding, 0).observe().moveInto(out);
      });
  if (!e)
    return out;
  return explain(request, std::move(e));
}

namespace {
/// The objects of a start by address.
class AddressMap {
public:
  AddressMap(const Closure &closure, const Start &start)
      : closure(closure), kernelAt(start.kernelAt),
        bases(closure.libraries.size()) {
    for (const StartedObject &object : start.objects) {
      const Image &image = closure.libraries[object.library].image;
      bases[object.library] = object.base;
      if (!image.loadable.empty())
        begins[object.base + image.segments[image.loadable[0]].address] =
            object.library;
    }
    for (auto [index, stranger] : enumerate(start.strangers))
      begins[stranger.base] = closure.libraries.size() + index;
  }
  uint64_t baseOf(uint32_t library) const {
    return library == BoundWord::kNoBase ? 0 : bases[library];
  }
  /// What \p word is, wherever the objects are: a library and a distance.
  std::pair<uint32_t, uint64_t> find(uint64_t word) const {
    // Some functions of libc are the kernel's.
    if (kernelAt && word - kernelAt < kKernelObjectSize)
      return {kKernel, word - kernelAt};
    const auto next = begins.upper_bound(word);
    if (next != begins.begin()) {
      const auto &[begin, library] = *std::prev(next);
      // How large a stranger is is not known.
      if (library >= closure.libraries.size())
        return word - begin < kLargestStranger
                   ? std::pair<uint32_t, uint64_t>(library, word - begin)
                   : std::pair<uint32_t, uint64_t>(BoundWord::kNoBase, word);
      const Image &image = closure.libraries[library].image;
      const uint64_t end = image.segments[image.loadable.back()].addressEnd();
      // The end of a library is a place of it, too.
      if (word - bases[library] <= end)
        return {library, word - bases[library]};
    }
    return {BoundWord::kNoBase, word};
  }

private:
  /// More than the vDSO has; nothing else is that near behind it.
  static constexpr uint64_t kKernelObjectSize = 0x2000;
  static constexpr uint64_t kLargestStranger = 1 << 26;
  static constexpr uint32_t kKernel = BoundWord::kNoBase - 1;

  const Closure &closure;
  const uint64_t kernelAt;
  std::vector<uint64_t> bases;
  std::map<uint64_t, uint32_t> begins;
};

class Comparer {
public:
  Comparer(const Closure &closure, const Binding &binding, const Start &plain,
           const Start &prebound)
      : closure(closure), binding(binding), plain(plain), prebound(prebound),
        plainMap(closure, plain), preboundMap(closure, prebound) {}
  Expected<uint64_t> compare();

private:
  Error compareWords(const StartedObject &a, const StartedObject &b);
  Error compareRest(const StartedObject &a, const StartedObject &b);
  Error differ(uint32_t library, uint64_t place, uint64_t expected,
               const AddressMap &expectedMap, uint64_t found,
               const AddressMap &foundMap) const;

  const Closure &closure;
  const Binding &binding;
  const Start &plain, &prebound;
  const AddressMap plainMap, preboundMap;
  uint64_t same = 0;
};
} // namespace

static std::string describe(const Closure &closure,
                            std::pair<uint32_t, uint64_t> place) {
  if (place.first >= closure.libraries.size())
    return formatv("{0:x}", place.second);
  return formatv("{0}+{1:x}", closure.libraries[place.first].path,
                 place.second);
}

Error Comparer::differ(uint32_t library, uint64_t place, uint64_t expected,
                       const AddressMap &expectedMap, uint64_t found,
                       const AddressMap &foundMap) const {
  return error("{0}: the word at {1:x} is {2}, not {3}",
               closure.libraries[library].path, place,
               describe(closure, foundMap.find(found)),
               describe(closure, expectedMap.find(expected)));
}

Error Comparer::compareWords(const StartedObject &a, const StartedObject &b) {
  const BoundObject &bound = binding.objects[a.library];
  for (auto [word, inPlain, inPrebound] :
       zip_equal(bound.words, a.words, b.words)) {
    if (word.isIndirect) {
      if (plainMap.find(inPlain) != preboundMap.find(inPrebound))
        return differ(a.library, word.place, inPlain, plainMap, inPrebound,
                      preboundMap);
      ++same;
      continue;
    }
    // With LD_BIND_NOW, ld.so has bound what otherwise waits.
    const uint64_t ofPlain = plainMap.baseOf(word.provider) + word.value;
    if (!word.isLazy && inPlain != ofPlain)
      return differ(a.library, word.place, inPlain, plainMap, ofPlain,
                    plainMap);
    const uint64_t ofPrebound = preboundMap.baseOf(word.provider) + word.value;
    if (inPrebound != ofPrebound)
      return differ(a.library, word.place, ofPrebound, preboundMap, inPrebound,
                    preboundMap);
    ++same;
  }
  return Error::success();
}

Error Comparer::compareRest(const StartedObject &a, const StartedObject &b) {
  const Machine &target = *closure.target;
  for (auto [relocation, inPlain, inPrebound] :
       zip_equal(restOf(closure, binding, a.library), a.rest, b.rest)) {
    // The runtime moves thread-local storage, and only words are words.
    if (is_contained(target.tlsRelocations, relocation.type) ||
        relocation.type == target.copy)
      continue;
    if (plainMap.find(inPlain) != preboundMap.find(inPrebound))
      return differ(a.library, relocation.offset, inPlain, plainMap, inPrebound,
                    preboundMap);
    ++same;
  }
  return Error::success();
}

Expected<uint64_t> Comparer::compare() {
  // The loader alone loads nothing that is there for the runtime.
  std::vector<const StartedObject *> others;
  for (const StartedObject &object : prebound.objects)
    if (!isOfChain(closure.libraries[object.library]))
      others.push_back(&object);
  if (plain.objects.size() != others.size())
    return error("{0} objects, but {1} when it is prebound",
                 plain.objects.size(), others.size());
  if (!std::equal(plain.strangers.begin(), plain.strangers.end(),
                  prebound.strangers.begin(), prebound.strangers.end(),
                  [](const Stranger &a, const Stranger &b) {
                    return a.path == b.path;
                  }))
    return error("initialisers have opened others when it is prebound");
  for (auto [a, other] : zip_equal(plain.objects, others)) {
    const StartedObject &b = *other;
    if (a.library != b.library)
      return error("the order of objects is another when it is prebound");
    if (a.isOld)
      continue;
    const BoundObject &bound = binding.objects[a.library];
    const Image &image = closure.libraries[a.library].image;
    const size_t left =
        bound.rest.size() + (bound.keepsPlt ? image.pltRelocations.size() : 0);
    if (bound.state == PreboundBound &&
        b.relocationBytes != left * sizeof(ELF::Elf64_Rela))
      return error("{0}: the loader has relocated it itself",
                   closure.libraries[a.library].path);
    if (Error e = compareWords(a, b))
      return e;
    if (Error e = compareRest(a, b))
      return e;
  }
  return same;
}

Expected<uint64_t> compareStarts(const Closure &closure, const Binding &binding,
                                 const Start &plain, const Start &prebound) {
  return Comparer(closure, binding, plain, prebound).compare();
}

} // namespace objprelink
