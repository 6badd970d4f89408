#include "Linker/RoomForecast.h"
#include "ELF/Classify.h"
#include "VTable/InputSlots.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/Archive.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/Path.h"
#include <atomic>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

class RoomForecast::Reader {
public:
  Reader(const Machine &machine, const LldArguments &known, Mode mode)
      : machine(machine), known(known), mode(mode) {}
  void read(ArrayRef<LinkInput> inputs);
  std::optional<LinkRoom> finish(const StringSet<> *parts);

private:
  enum Fact : uint8_t {
    IsDefined = 1,     ///< by an object or a member of an archive
    IsShared = 2,      ///< by a library
    IsNotDefault = 4,  ///< somebody lets nothing else bind it
    HasOtherWords = 8, ///< so that programs may compare its address
    HasGotWord = 16,   ///< which is bound at load
    IsWanted = 32,     ///< so that it is no weak symbol
    IsCalled = 64,     ///< so that the PLT has it
  };
  struct Function {
    StringRef name;
    uint64_t slots = 0;
  };

  Error add(const LinkInput &input);
  Error addArchive(const LinkInput &input);
  Error addLazyArchive(StringRef path, const object::Archive &archive);
  Error addMembers(const object::Archive &archive,
                   function_ref<bool(StringRef name)> takesPart);
  Error addParts(const StringSet<> &parts);
  bool isOpen() const { return !lazyArchives.empty() || !lazyObjects.empty(); }
  Error readSlots();
  Error readNames();
  std::optional<LinkRoom> choose();
  uint32_t numberOf(CachedHashStringRef name);
  void countSlots();
  void note(CachedHashStringRef name, uint8_t fact);
  /// Whether another library is known to have it.
  static bool isImported(uint8_t facts) {
    return (facts & (IsDefined | IsShared | IsWanted)) == (IsShared | IsWanted);
  }
  /// Whether the loader looks it up. An undefined one is named only where that
  /// is no error, which would name us.
  bool isPreemptible(uint8_t facts) const {
    return isImported(facts) ||
           (facts & IsDefined ? known.sharesOwn()
                              : facts & IsWanted && known.allowsUndefined());
  }
  bool needsPlt(const Function &function, uint8_t facts) const;
  bool needsJump(const Function &function, uint8_t facts) const;
  bool hasEntry(uint8_t facts) const;

  const Machine &machine;
  const LldArguments &known;
  const Mode mode;
  std::vector<MemoryBufferRef> objects, libraries;
  /// Of archives whose members take part where they are needed, without code
  /// of C++.
  std::vector<std::string> archiveNames;
  std::vector<std::unique_ptr<object::Archive>> archives;
  /// Those with such code.
  std::vector<std::pair<StringRef, const object::Archive *>> lazyArchives;
  std::vector<LinkInput> lazyObjects;
  bool cannotTell = false;
  std::vector<InputSlots> slots; ///< by object
  std::vector<Function> functions;
  DenseMap<CachedHashStringRef, uint32_t> numbers;
  std::vector<std::atomic<uint8_t>> facts; ///< by function
  uint64_t slotCount = 0;
};

static Error unknown(const Twine &why) {
  return createStringError(why);
}

/// Members of an archive without code of C++ have no vtables.
Error RoomForecast::Reader::addLazyArchive(StringRef path,
                                           const object::Archive &archive) {
  if (!archive.hasSymbolTable() && !archive.isEmpty())
    return unknown("an archive without an index");
  for (const object::Archive::Symbol &symbol : archive.symbols()) {
    if (symbol.getName().starts_with("_Z")) {
      // All members of a thin one were read as files.
      if (archive.isThin())
        return unknown("a thin archive");
      lazyArchives.push_back({path, &archive});
      return Error::success();
    }
    if (symbol.getName().starts_with("_"))
      archiveNames.push_back(symbol.getName().str());
  }
  return Error::success();
}

Error RoomForecast::Reader::addMembers(
    const object::Archive &archive,
    function_ref<bool(StringRef name)> takesPart) {
  Error failed = Error::success();
  for (const object::Archive::Child &member : archive.children(failed)) {
    Expected<MemoryBufferRef> contents = member.getMemoryBufferRef();
    if (!contents)
      return joinErrors(contents.takeError(), std::move(failed));
    if (takesPart(contents->getBufferIdentifier()))
      objects.push_back(*contents);
  }
  return failed;
}

Error RoomForecast::Reader::addArchive(const LinkInput &input) {
  Expected<std::unique_ptr<object::Archive>> archive =
      object::Archive::create(input.contents);
  if (!archive)
    return archive.takeError();
  archives.push_back(std::move(*archive));
  const object::Archive &added = *archives.back();
  Expected<bool> isWhole = known.takesWhole(input.path);
  if (!isWhole)
    return isWhole.takeError();
  if (!*isWhole)
    return addLazyArchive(input.path, added);
  // The members of a thin one are read as files.
  if (added.isThin())
    return Error::success();
  return addMembers(added, [](StringRef) { return true; });
}

/// Adds what takes part of what may.
Error RoomForecast::Reader::addParts(const StringSet<> &parts) {
  for (const LinkInput &input : lazyObjects)
    if (parts.contains(input.path))
      objects.push_back(input.contents);
  for (const auto &lazy : lazyArchives)
    if (Error e = addMembers(*lazy.second, [&](StringRef name) {
          return parts.contains((lazy.first + "(" + name + ")").str());
        }))
      return e;
  return Error::success();
}

Error RoomForecast::Reader::add(const LinkInput &input) {
  switch (identify_magic(input.contents.getBuffer())) {
  case file_magic::elf_relocatable:
    if (known.hasLazyObjects)
      lazyObjects.push_back(input);
    else
      objects.push_back(input.contents);
    return Error::success();
  case file_magic::elf_shared_object:
    libraries.push_back(input.contents);
    return Error::success();
  case file_magic::archive:
    return addArchive(input);
  case file_magic::bitcode:
    return unknown("bitcode, of which objects are made");
  default:
    // Scripts like libc.so only name libraries, and no version script lays
    // sections out.
    if (!input.contents.getBuffer().contains("SECTIONS"))
      return Error::success();
    return unknown("a script that lays sections out");
  }
}

uint32_t RoomForecast::Reader::numberOf(CachedHashStringRef name) {
  const auto [found, isNew] = numbers.try_emplace(name, functions.size());
  if (isNew)
    functions.push_back({name.val()});
  return found->second;
}

/// Counts the slots of each function in the tables that stay.
void RoomForecast::Reader::countSlots() {
  // A group has the tables of a class and those of its construction.
  DenseMap<StringRef, const InputSlots *> keptIn;
  for (const InputSlots &object : slots) {
    // Most names are in many slots of an object.
    std::vector<std::optional<uint32_t>> known(object.functions.size());
    for (const InputTables &tables : object.tables) {
      if (!tables.group.empty() &&
          keptIn.try_emplace(tables.group, &object).first->second != &object)
        continue;
      for (uint32_t slot : tables.slots) {
        if (!known[slot])
          known[slot] = numberOf(object.functions[slot].name);
        ++functions[*known[slot]].slots;
      }
      slotCount += tables.slots.size();
    }
  }
}

void RoomForecast::Reader::note(CachedHashStringRef name, uint8_t fact) {
  const auto found = numbers.find(name);
  if (found != numbers.end())
    facts[found->second].fetch_or(fact, std::memory_order_relaxed);
}

/// Reads the slots of objects that were added since the last time.
Error RoomForecast::Reader::readSlots() {
  const size_t first = slots.size();
  slots.resize(objects.size());
  InputKinds kinds = {machine.machine, machine.absoluteWord, machine.gotLoads,
                      std::nullopt};
  if (known.bindsNow)
    kinds.call = machine.call;
  return parallelForEachError(
      seq(first, objects.size()), [&](size_t index) -> Error {
        Expected<InputSlots> found = findInputSlots(objects[index], kinds);
        if (!found)
          return found.takeError();
        slots[index] = std::move(*found);
        return Error::success();
      });
}

/// Finds out what is known of the functions of all slots.
Error RoomForecast::Reader::readNames() {
  countSlots();
  if (functions.empty())
    return Error::success();
  facts = std::vector<std::atomic<uint8_t>>(functions.size());
  for (const std::string &name : archiveNames)
    note(CachedHashStringRef(name), IsDefined);
  if (Error e = parallelForEachError(libraries, [&](MemoryBufferRef library) {
        return visitLibrarySymbols(
            library, [&](CachedHashStringRef name) { note(name, IsShared); });
      }))
    return e;
  return parallelForEachError(seq(objects.size()), [&](size_t index) {
    for (const InputFunction &function : slots[index].functions)
      note(function.name, (function.isWeak ? 0 : IsWanted) |
                              (function.hasOtherWord ? HasOtherWords : 0) |
                              (function.hasGotWord ? HasGotWord : 0) |
                              (function.isCalled ? IsCalled : 0));
    return visitInputSymbols(objects[index], [&](const InputSymbol &symbol) {
      note(symbol.name, (symbol.isDefined ? IsDefined : 0) |
                            (symbol.isDefault ? 0 : IsNotDefault));
    });
  });
}

/// The planner says more of these (ImagePlan.cpp). An entry of the PLT is for
/// what another library has, and is bound at the first call; or for any
/// function, if it is bound at load and serves several slots.
bool RoomForecast::Reader::needsPlt(const Function &function,
                                    uint8_t facts) const {
  if (mode == Mode::Relay ||
      facts & (IsNotDefault | HasOtherWords | HasGotWord))
    return false;
  if (known.bindsNow)
    return function.slots > 1 && isPreemptible(facts);
  return isImported(facts);
}

/// A jump is for what is bound at load anyway, and for the rest that serves
/// several slots.
bool RoomForecast::Reader::needsJump(const Function &function,
                                     uint8_t facts) const {
  return !(facts & (IsNotDefault | HasOtherWords)) && isPreemptible(facts) &&
         (facts & HasGotWord || function.slots > 1);
}

/// Calls have entries, which slots share if they are bound at load.
bool RoomForecast::Reader::hasEntry(uint8_t facts) const {
  return known.bindsNow && !(facts & (IsNotDefault | HasOtherWords)) &&
         facts & IsCalled && isPreemptible(facts);
}

std::optional<LinkRoom> RoomForecast::Reader::choose() {
  LinkRoom room;
  room.machine = machine.machine;
  room.section = ".data.rel.ro";
  bool usesOldEntry = false;
  for (auto [function, seen] : zip_equal(functions, facts)) {
    const uint8_t found = seen.load(std::memory_order_relaxed);
    if (needsPlt(function, found))
      room.pltFunctions.push_back(function.name.str());
    else if (needsJump(function, found))
      room.gotFunctions.push_back(function.name.str());
    usesOldEntry |= hasEntry(found);
  }
  // The note wants room in any case.
  if (room.pltFunctions.empty() && room.gotFunctions.empty() && !usesOldEntry)
    return std::nullopt;
  room.landingPads =
      known.wantsLandingPads || all_of(slots, [](const InputSlots &object) {
        return object.landingPads;
      });
  room.sortFunctions();
  room.noteSize = roomNoteSize(slotCount, known.packsRelativeRelocs);
  return room;
}

const Machine *machineWithRoom(ArrayRef<LinkInput> inputs,
                               const LldArguments &known) {
  const Machine *machine = findMachine(known.emulation);
  for (const LinkInput &input : inputs) {
    if (machine)
      break;
    const Classification found =
        classify(arrayRefFromStringRef(input.contents.getBuffer()));
    if (found.kind == FileKind::Object)
      machine = findMachine(found.machine, found.is64);
  }
  return machine && machine->hasPltEntryForm ? machine : nullptr;
}

void RoomForecast::Reader::read(ArrayRef<LinkInput> inputs) {
  Error failed = Error::success();
  for (const LinkInput &input : inputs)
    if (!failed)
      failed = add(input);
  if (!failed)
    failed = readSlots();
  if (!failed && !isOpen())
    failed = readNames();
  // LLD says what is wrong with a file.
  cannotTell = errorToBool(std::move(failed));
}

std::optional<LinkRoom> RoomForecast::Reader::finish(const StringSet<> *parts) {
  if (cannotTell || (!parts && isOpen()))
    return std::nullopt;
  if (isOpen()) {
    Error failed = addParts(*parts);
    if (!failed)
      failed = readSlots();
    if (!failed)
      failed = readNames();
    if (errorToBool(std::move(failed)))
      return std::nullopt;
  }
  return choose();
}

RoomForecast::RoomForecast(const Machine &machine, const LldArguments &known,
                           Mode mode)
    : reader(std::make_unique<Reader>(machine, known, mode)) {}

RoomForecast::~RoomForecast() = default;

void RoomForecast::read(ArrayRef<LinkInput> inputs) {
  reader->read(inputs);
}

std::optional<LinkRoom> RoomForecast::finish(const StringSet<> *parts) {
  return reader->finish(parts);
}

} // namespace objprelink
