#include "Binding/BindObject.h"
#include "Binding/Overlaps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// What a table can hold of an address or a value.
static constexpr uint64_t kMost = UINT32_MAX;
/// The entry by which prelink(8) marked what it had changed.
static constexpr int64_t kPrelinked = 0x6ffffdf5;

static bool isWritable(const Image &image, uint64_t address, uint64_t size) {
  const Segment *segment = image.segmentAt(address, size);
  return segment && (segment->flags & PF_W);
}

bool hasWritableDynamic(const Image &image) {
  return !image.dynamicRange.empty() &&
         isWritable(image, image.dynamicRange.address, image.dynamicRange.size);
}

/// What the file holds at \p place; nothing where it is not in the file.
static std::optional<uint64_t> rawWord(const Image &image, uint64_t place) {
  const Bytes bytes = image.contentsAt(place, 8);
  return bytes.empty() ? std::nullopt
                       : std::optional(support::endian::read64le(bytes.data()));
}

static bool isOfWord(const Machine &target, const Relocation &relocation) {
  return relocation.type == target.relative ||
         relocation.type == target.absoluteWord ||
         relocation.type == target.globDat ||
         relocation.type == target.jumpSlot;
}

/// Of whom the base counts for \p symbol of library \p library.
static uint32_t baseOf(const DynamicSymbol &symbol, uint32_t library) {
  return symbol.section == Symbol::kAbsolute ? BoundWord::kNoBase : library;
}

/// Whether a word of library \p index may be bound to library \p provider
/// without ld.so's knowledge. Between objects that are opened, ld.so notes who
/// is bound to whom, so that dlclose() takes none away too soon
/// (add_dependency, elf/dl-lookup.c); it need not where the one needs the
/// other.
bool ObjectBinder::isAllowed(uint32_t index, uint32_t provider) const {
  if (index == provider || !closure.libraries[provider].group)
    return true;
  std::vector<bool> seen(closure.libraries.size());
  std::vector<uint32_t> next = {index};
  while (!next.empty()) {
    const uint32_t library = next.back();
    next.pop_back();
    for (uint32_t needed : closure.libraries[library].needed) {
      if (needed == provider)
        return true;
      if (!seen[needed])
        next.push_back(needed);
      seen[needed] = true;
    }
  }
  return false;
}

/// What is added to the symbol of \p relocation. In a JUMP_SLOT, the addend
/// says where the entry of the PLT is, if the linker was given -z mark-plt, and
/// is no part of the word: glibc 2.36, elf_machine_rela in
/// sysdeps/x86_64/dl-machine.h.
static int64_t addendOf(const Machine &target, const Relocation &relocation) {
  const bool isIgnored =
      relocation.type == target.jumpSlot || relocation.type == target.globDat;
  return isIgnored ? 0 : relocation.addend;
}

/// The word of a relocation by a symbol; nothing where ld.so has to see to it.
std::optional<BoundWord>
ObjectBinder::bindSymbol(uint32_t index, const Relocation &relocation) const {
  const Image &image = closure.libraries[index].image;
  const DynamicSymbol &symbol = image.symbols[relocation.symbol];
  if (!relocation.symbol || symbol.type == STT_TLS)
    return std::nullopt;
  const int64_t addend = addendOf(*closure.target, relocation);
  BoundWord word;
  word.place = relocation.offset;
  if (!SymbolTable::isLookedUp(symbol)) {
    if (symbol.isUndefined() || symbol.type == STT_GNU_IFUNC)
      return std::nullopt;
    word.provider = baseOf(symbol, index);
    word.value = symbol.value + addend;
    return word;
  }
  const LookUps lookUps(image, *closure.target, /*lazy=*/false);
  const Provider &provider = closure.providers.at(index, relocation.symbol,
                                                  lookUps.classOf(relocation));
  if (provider.library == Provider::kNone) {
    if (symbol.binding != STB_WEAK)
      return std::nullopt;
    word.provider = BoundWord::kNoBase;
    word.value = addend;
    return word;
  }
  // A protected symbol that others define too: who has it depends on how it is
  // referred to (_dl_lookup_symbol_x).
  if (symbol.visibility == STV_PROTECTED && provider.library != index)
    return std::nullopt;
  if (!isAllowed(index, provider.library))
    return std::nullopt;
  const DynamicSymbol &found =
      closure.libraries[provider.library].image.symbols[provider.symbol];
  if (found.binding == STB_GNU_UNIQUE || found.type == STT_TLS)
    return std::nullopt;
  if (found.type == STT_GNU_IFUNC && !found.isUndefined()) {
    if (!isCalled[provider.library] || addend)
      return std::nullopt;
    word.isIndirect = true;
  }
  word.provider = baseOf(found, provider.library);
  word.value = found.value + addend;
  return word;
}

std::optional<BoundWord>
ObjectBinder::bindWord(uint32_t index, const Relocation &relocation) const {
  const Machine &target = *closure.target;
  std::optional<BoundWord> out;
  if (relocation.type == target.relative) {
    out.emplace();
    out->place = relocation.offset;
    out->provider = index;
    out->value = relocation.addend;
  } else if (isOfWord(target, relocation)) {
    out = bindSymbol(index, relocation);
  }
  if (!out || fromBase(*out) > kMost)
    return std::nullopt;
  return out;
}

/// What the table has of \p word: its distance from where its provider begins.
uint64_t ObjectBinder::fromBase(const BoundWord &word) const {
  return word.provider == BoundWord::kNoBase
             ? word.value
             : word.value - closure.libraries[word.provider].image.firstPage();
}

/// What keeps library \p index from being bound; empty is nothing.
std::string ObjectBinder::findObstacle(uint32_t index,
                                       const BoundObject &object) const {
  const Library &library = closure.libraries[index];
  const Image &image = library.image;
  if (library.isLoader)
    return "it is the loader";
  if (!image.hasAddends)
    return "its relocations have no addends of their own";
  if (image.hasTextRelocations())
    return "it has text relocations";
  if (!hasWritableDynamic(image))
    return "its dynamic table is read-only";
  if (image.dynamicValue(kPrelinked))
    return "it is prelinked";
  if (image.segments.empty() || image.loadable.empty() ||
      image.segments[image.loadable.back()].addressEnd() - image.firstPage() >
          kMost)
    return "it is larger than 4 GiB";
  // The program is always the last one: nothing has to be told apart.
  if (index && !object.probePlace && !image.firstPage())
    return "it has no relative relocation";
  return {};
}

void ObjectBinder::findProbe(const Closure &closure, uint32_t index,
                             BoundObject &object) {
  const Image &image = closure.libraries[index].image;
  // Where it is at the address that it asks for, these words never change.
  if (image.firstPage())
    return;
  const auto take = [&](uint64_t place, std::optional<uint64_t> own) {
    const std::optional<uint64_t> raw = rawWord(image, place);
    if (!raw || *raw > kMost || !isWritable(image, place, 8))
      return false;
    object.probePlace = place;
    object.probeRaw = *raw;
    object.probeOwn = own.value_or(*raw);
    return true;
  };
  for (uint64_t place : image.relrPlaces)
    if (take(place, std::nullopt))
      return;
  for (const Relocation &relocation : image.relocations)
    if (relocation.type == closure.target->relative &&
        take(relocation.offset, relocation.addend))
      return;
}

/// The same with a word that holds 0 until it is bound to somebody, for an
/// object whose relative words may be what they are in the file.
void ObjectBinder::findSymbolicProbe(uint32_t index,
                                     BoundObject &object) const {
  const Image &image = closure.libraries[index].image;
  for (const BoundWord &word : object.words)
    if (word.provider != BoundWord::kNoBase && !word.isLazy &&
        rawWord(image, word.place) == 0) {
      object.probePlace = word.place;
      return;
    }
}

/// Fills in the words of the PLT of library \p index, which is opened and may
/// be bound at the first call, or by dlopen() with RTLD_NOW: nobody can tell
/// which. Only what the program's search list has is the same in both. Returns
/// whether that is all of it.
bool ObjectBinder::bindPlt(uint32_t index, BoundObject &object,
                           Overlaps &overlaps) const {
  std::vector<BoundWord> words;
  for (const Relocation &relocation :
       closure.libraries[index].image.pltRelocations) {
    const std::optional<BoundWord> word = bindWord(index, relocation);
    if (!word || word->provider == BoundWord::kNoBase ||
        closure.libraries[word->provider].group)
      return false;
    words.push_back(*word);
  }
  for (const BoundWord &word : words) {
    object.words.push_back(word);
    overlaps.addWord(object, Turn::Plt);
  }
  return true;
}

void ObjectBinder::bind(uint32_t index, BoundObject &object) const {
  const Library &library = closure.libraries[index];
  const Image &image = library.image;
  const auto leave = [&](std::string reason) {
    const uint64_t place = object.probePlace, raw = object.probeRaw,
                   own = object.probeOwn;
    object = {};
    object.reason = std::move(reason);
    object.probePlace = place;
    object.probeRaw = raw;
    object.probeOwn = own;
  };
  if (std::string obstacle = findObstacle(index, object); !obstacle.empty())
    return leave(std::move(obstacle));

  Overlaps overlaps(image);
  const auto addWord = [&](const BoundWord &word, Turn turn) {
    object.words.push_back(word);
    overlaps.addWord(object, turn);
  };
  const auto addRest = [&](const Relocation &relocation, Turn turn) {
    object.rest.push_back(relocation);
    overlaps.addRest(object, turn);
  };
  const auto addOwn = [&](uint64_t place, uint64_t value, bool isLazy) {
    BoundWord word;
    word.place = place;
    word.value = value;
    word.provider = index;
    word.isLazy = isLazy;
    addWord(word, isLazy ? Turn::Plt : Turn::Packed);
  };
  for (uint64_t place : image.relrPlaces) {
    const std::optional<uint64_t> raw = rawWord(image, place);
    if (!raw || *raw - image.firstPage() > kMost)
      return leave(
          formatv("what its word at {0:x} holds is no address", place));
    addOwn(place, *raw, false);
  }
  for (const Relocation &relocation : image.relocations) {
    if (!relocation.type)
      continue;
    if (std::optional<BoundWord> word = bindWord(index, relocation))
      addWord(*word, Turn::Main);
    else
      addRest(relocation, relocation.type == closure.target->indirectRelative
                              ? Turn::Choice
                              : Turn::Main);
  }
  if (library.group && !image.isBindNow && !bindPlt(index, object, overlaps))
    object.keepsPlt = true;
  else if (!library.group || image.isBindNow)
    for (const Relocation &relocation : image.pltRelocations) {
      const bool isSlot = relocation.type == closure.target->jumpSlot;
      std::optional<BoundWord> word = bindWord(index, relocation);
      // Someone may have it by the time of the first call.
      if (word && word->provider == BoundWord::kNoBase && !image.isBindNow)
        word.reset();
      if (word) {
        addWord(*word, Turn::Plt);
      } else if (!isSlot || image.isBindNow) {
        addRest(relocation, Turn::Plt);
      } else {
        // What the file holds is where the entry goes on before it is bound.
        const std::optional<uint64_t> raw = rawWord(image, relocation.offset);
        if (!raw || *raw - image.firstPage() > kMost)
          return leave(formatv("its PLT word at {0:x} is not in the file",
                               relocation.offset));
        addOwn(relocation.offset, *raw, true);
      }
    }
  if (!object.rest.empty() &&
      (!image.dynamicValue(DT_RELA) || !image.dynamicValue(DT_RELASZ)))
    return leave("it has no table for what is left");
  if (std::string obstacle = overlaps.settle(object); !obstacle.empty())
    return leave(std::move(obstacle));
  llvm::sort(object.words, [](const BoundWord &a, const BoundWord &b) {
    return a.place < b.place;
  });
  for (BoundWord &word : object.words) {
    if (!isWritable(image, word.place, 8))
      return leave(formatv("its word at {0:x} is read-only", word.place));
    // The base is added, and it is not ld.so's distance where this is not 0.
    word.isRaw = word.provider == index && !word.isIndirect &&
                 !image.firstPage() && rawWord(image, word.place) == word.value;
  }
  if (index && !object.probePlace)
    findSymbolicProbe(index, object);
  if (index && !object.probePlace)
    return leave("it has no word that tells whether it has been relocated");
}

} // namespace objprelink
