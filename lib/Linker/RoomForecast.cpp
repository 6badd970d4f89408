#include "Linker/RoomForecast.h"
#include "ELF/Classify.h"
#include "VTable/InputSlots.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
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

namespace {
class Forecaster {
public:
  Forecaster(const Machine &machine, const LldArguments &known, Mode mode)
      : machine(machine), known(known), mode(mode) {}
  Error add(const LinkInput &input);
  Error readObjects();
  std::optional<LinkRoom> choose();

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

  Error addArchive(const LinkInput &input);
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
  /// Of archives whose members take part where they are needed.
  std::vector<std::string> archiveNames;
  std::vector<std::unique_ptr<object::Archive>> archives;
  std::vector<InputSlots> slots; ///< by object
  std::vector<Function> functions;
  DenseMap<CachedHashStringRef, uint32_t> numbers;
  std::vector<std::atomic<uint8_t>> facts; ///< by function
  uint64_t slotCount = 0;
};
} // namespace

static Error cannotTell(const Twine &why) {
  return createStringError(why);
}

static bool isVTable(StringRef name) {
  return name.starts_with("_ZTV") || name.starts_with("_ZTC");
}

/// Of members that may stay away there may be the names of functions, but no
/// vtables.
Error Forecaster::addArchive(const LinkInput &input) {
  Expected<std::unique_ptr<object::Archive>> archive =
      object::Archive::create(input.contents);
  if (!archive)
    return archive.takeError();
  Expected<bool> isWhole = known.takesWhole(input.path);
  if (!isWhole)
    return isWhole.takeError();
  if (!*isWhole) {
    if (!(*archive)->hasSymbolTable() && !(*archive)->isEmpty())
      return cannotTell("an archive without an index");
    for (const object::Archive::Symbol &symbol : (*archive)->symbols()) {
      if (isVTable(symbol.getName()))
        return cannotTell("an archive with vtables");
      if (symbol.getName().starts_with("_"))
        archiveNames.push_back(symbol.getName().str());
    }
    archives.push_back(std::move(*archive));
    return Error::success();
  }
  // The members of a thin one are read as files.
  if ((*archive)->isThin())
    return Error::success();
  Error failed = Error::success();
  for (const object::Archive::Child &member : (*archive)->children(failed)) {
    Expected<MemoryBufferRef> contents = member.getMemoryBufferRef();
    if (!contents)
      return joinErrors(contents.takeError(), std::move(failed));
    objects.push_back(*contents);
  }
  archives.push_back(std::move(*archive));
  return failed;
}

Error Forecaster::add(const LinkInput &input) {
  switch (identify_magic(input.contents.getBuffer())) {
  case file_magic::elf_relocatable:
    objects.push_back(input.contents);
    return Error::success();
  case file_magic::elf_shared_object:
    libraries.push_back(input.contents);
    return Error::success();
  case file_magic::archive:
    return addArchive(input);
  case file_magic::bitcode:
    return cannotTell("bitcode, of which objects are made");
  default:
    // Scripts like libc.so only name libraries, and no version script lays
    // sections out.
    if (!input.contents.getBuffer().contains("SECTIONS"))
      return Error::success();
    return cannotTell("a script that lays sections out");
  }
}

uint32_t Forecaster::numberOf(CachedHashStringRef name) {
  const auto [found, isNew] = numbers.try_emplace(name, functions.size());
  if (isNew)
    functions.push_back({name.val()});
  return found->second;
}

/// Counts the slots of each function in the tables that stay.
void Forecaster::countSlots() {
  DenseSet<StringRef> groups;
  for (const InputSlots &object : slots) {
    // Most names are in many slots of an object.
    std::vector<std::optional<uint32_t>> known(object.functions.size());
    for (const InputTables &tables : object.tables) {
      if (!tables.group.empty() && !groups.insert(tables.group).second)
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

void Forecaster::note(CachedHashStringRef name, uint8_t fact) {
  const auto found = numbers.find(name);
  if (found != numbers.end())
    facts[found->second].fetch_or(fact, std::memory_order_relaxed);
}

Error Forecaster::readObjects() {
  slots.resize(objects.size());
  InputKinds kinds = {machine.machine, machine.absoluteWord, machine.gotLoads,
                      std::nullopt};
  if (known.bindsNow)
    kinds.call = machine.call;
  if (Error e =
          parallelForEachError(seq(objects.size()), [&](size_t index) -> Error {
            Expected<InputSlots> found = findInputSlots(objects[index], kinds);
            if (!found)
              return found.takeError();
            slots[index] = std::move(*found);
            return Error::success();
          }))
    return e;
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
bool Forecaster::needsPlt(const Function &function, uint8_t facts) const {
  if (mode == Mode::Relay ||
      facts & (IsNotDefault | HasOtherWords | HasGotWord))
    return false;
  if (known.bindsNow)
    return function.slots > 1 && isPreemptible(facts);
  return isImported(facts);
}

/// A jump is for what is bound at load anyway, and for the rest that serves
/// several slots.
bool Forecaster::needsJump(const Function &function, uint8_t facts) const {
  return !(facts & (IsNotDefault | HasOtherWords)) && isPreemptible(facts) &&
         (facts & HasGotWord || function.slots > 1);
}

/// Calls have entries, which slots share if they are bound at load.
bool Forecaster::hasEntry(uint8_t facts) const {
  return known.bindsNow && !(facts & (IsNotDefault | HasOtherWords)) &&
         facts & IsCalled && isPreemptible(facts);
}

std::optional<LinkRoom> Forecaster::choose() {
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

std::optional<LinkRoom> forecastRoom(ArrayRef<LinkInput> inputs,
                                     const Machine &machine,
                                     const LldArguments &known, Mode mode) {
  Forecaster forecaster(machine, known, mode);
  Error failed = Error::success();
  for (const LinkInput &input : inputs)
    if (!failed)
      failed = forecaster.add(input);
  if (!failed)
    failed = forecaster.readObjects();
  // LLD says what is wrong with a file.
  if (failed) {
    consumeError(std::move(failed));
    return std::nullopt;
  }
  return forecaster.choose();
}

} // namespace objprelink
