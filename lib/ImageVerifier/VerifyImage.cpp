//===- VerifyImage.cpp - prove that a new image is the old one ------------===//
//
// Every output is read back and compared with its input before it takes the
// input's place, in every run and not only in tests, because a tool that
// changes binaries has to be trusted. The differences that are allowed are
// stated here once more, from the outside; the verifier knows nothing of the
// writer but the note that it left. The two share the reader of ELF files, the
// format of the note and the numbers of relocation types, and nothing else.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/VerifyImage.h"
#include "ELF/ImageReader.h"
#include "ELF/Notes.h"
#include "ImageVerifier/Comparison.h"
#include "ImageVerifier/Unshift.h"
#include "ImageVerifier/VerifyLinks.h"
#include "Support/Diagnostics.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

template <class ELFT> static Error compareHeaders(Bytes before, Bytes after) {
  using Ehdr = typename ELFT::Ehdr;
  const auto &old = *reinterpret_cast<const Ehdr *>(before.data());
  const auto &now = *reinterpret_cast<const Ehdr *>(after.data());
  if (std::memcmp(old.e_ident, now.e_ident, sizeof(old.e_ident)))
    return error("e_ident is not that before");
  const std::tuple<StringRef, uint64_t, uint64_t> fields[] = {
      {"e_machine", old.e_machine, now.e_machine},
      {"e_entry", old.e_entry, now.e_entry},
      {"e_flags", old.e_flags, now.e_flags},
      {"e_phoff", old.e_phoff, now.e_phoff}};
  for (const auto &[name, was, is] : fields)
    if (was != is)
      return error("{0} is {1:x} and was {2:x}", name, is, was);
  return Error::success();
}

/// ld.so and the kernel find the program headers in memory where the file has
/// them.
static Error checkHeadersInMemory(const Image &before, const Image &after) {
  const auto isMapped = [](const Image &image) {
    const uint64_t end = image.programHeadersEnd();
    return any_of(image.loadable, [&](uint32_t index) {
      const Segment &segment = image.segments[index];
      return segment.offset <= image.segmentTableOffset &&
             end - segment.offset <= segment.fileSize;
    });
  };
  if (isMapped(before) && !isMapped(after))
    return error("the program headers are not in one loadable segment");
  return Error::success();
}

static Error checkNote(Comparison &c, NoteHash check) {
  Expected<std::optional<FoundNote>> old = findNote(c.before);
  if (!old)
    return old.takeError();
  if (*old)
    return error("the old image was rewritten before, by version {0}",
                 (*old)->version);
  Expected<std::optional<FoundNote>> now = findNote(c.after);
  if (!now)
    return now.takeError();
  if (!*now)
    return error("the files differ, and no note says that the new one was "
                 "rewritten");
  c.note = std::move(**now);
  if (!c.hasFlags(c.note.range.address, c.note.range.size, PF_R, PF_W))
    return error("the note at {0:x} is in writable memory",
                 c.note.range.address);
  // A linker has made it: nobody knew OLD by its build-id.
  if (c.note.has(noteoption::kLinked)) {
    c.buildId = findBuildId(c.before);
    if (findBuildId(c.after).size != c.buildId.size)
      return error("the build-id is of another length");
    const AddressRange room = findRoomNote(c.before);
    if (room.address == c.note.range.address && room.size == c.note.range.size)
      c.noteRoom = room;
    return Error::success();
  }
  if (check == NoteHash::Trusted)
    return Error::success();
  const std::string hash = contentHash(c.file, c.note);
  if (c.note.hash != hash)
    return error("the note has hash {0}, and the contents have {1}",
                 c.note.hash, hash);
  return Error::success();
}

/// What is new must be of use, and as much as the note says.
static Error checkCounts(const Comparison &c) {
  for (auto [index, isNeeded] : zip_equal(c.newRelocations, c.isNeeded)) {
    const PlacedRelocation &relocation = c.relocationsAfter[index];
    if (!isNeeded && !c.keepsNumber(relocation))
      return error("address {0:x}: new relocation ({1}) that nothing needs",
                   relocation.place, describe(c, relocation));
  }
  std::vector<bool> isFunction(c.before.symbols.size());
  uint64_t functions = 0;
  for (const RedirectedSlot &slot : c.redirectedSlots) {
    functions += !isFunction[slot.symbol];
    isFunction[slot.symbol] = true;
  }
  if (c.note.slots != c.redirectedSlots.size() || c.note.functions != functions)
    return error("the note says {0} slots of {1} functions, and there are {2} "
                 "of {3}",
                 c.note.slots, c.note.functions, c.redirectedSlots.size(),
                 functions);
  return Error::success();
}

/// Checks what words mean now, once addresses and symbols mean the same in
/// both.
static Error checkWords(Comparison &c) {
  if (Error e = compareRelocations(c))
    return e;
  if (Error e = checkCountedPlt(c))
    return e;
  // Now places do, too.
  std::string slots;
  parallel::TaskGroup meanwhile;
  meanwhile.spawn([&] { slots = toString(checkSlots(c)); });
  const auto checkCode = [&]() -> Error {
    for (auto check : {checkStubs, checkLazyWords, checkMovedWords})
      if (Error e = check(c))
        return e;
    return checkCounts(c);
  };
  Error code = checkCode();
  meanwhile.sync();
  if (slots.empty())
    return code;
  consumeError(std::move(code));
  return error("{0}", slots);
}

/// Whether memory was dead needs the old image alone: it is looked at while the
/// words are compared.
static Error checkFreedAndUsed(Comparison &c) {
  std::string dead;
  parallel::TaskGroup meanwhile;
  meanwhile.spawn([&] { dead = toString(checkDeadMemory(c)); });
  Error words = checkWords(c);
  meanwhile.sync();
  if (words)
    return words;
  return dead.empty() ? Error::success() : error("{0}", dead);
}

/// Compares the images, once \p checkClaim has found what NEW says of itself.
static Error compare(Comparison &c,
                     function_ref<Error(Comparison &)> checkClaim) {
  if (Error e =
          c.before.is64
              ? compareHeaders<object::ELF64LE>(c.before.bytes, c.after.bytes)
              : compareHeaders<object::ELF32LE>(c.before.bytes, c.after.bytes))
    return e;
  if (Error e = checkHeadersInMemory(c.before, c.after))
    return e;
  if (Error e = checkClaim(c))
    return e;
  c.protection = readProperties(c.before).protection;

  if (Error e = compareSegments(c))
    return e;
  // Now addresses mean the same in both.
  if (Error e = compareDynamicTables(c))
    return e;
  if (Error e = compareSymbolsAndVersions(c))
    return e;
  findFreedMemory(c);
  if (Error e = checkFreedAndUsed(c))
    return e;
  if (Error e = compareMemory(c))
    return e;
  return compareSections(c);
}

Error verifySlotsAlone(const Image &before, const Image &after) {
  const Copies copies;
  Comparison c(before, after, after, copies,
               *findMachine(before.machine, before.is64),
               *findDecoder(before.machine, before.is64));
  Expected<std::optional<FoundNote>> note = findNote(after);
  if (!note)
    return note.takeError();
  if (!*note)
    return error("no note says that the new image was rewritten");
  c.note = std::move(**note);
  c.protection = readProperties(before).protection;
  for (Error (*check)(Comparison &) :
       {compareRelocations, checkStubs, checkLazyWords})
    if (Error e = check(c))
      return e;
  if (Error e = checkSlots(c))
    return e;
  return checkCounts(c);
}

/// A broken note is reported where notes are compared.
static bool asksForAddress(const Image &image) {
  Expected<std::optional<FoundNote>> note = findNote(image);
  if (!note) {
    consumeError(note.takeError());
    return false;
  }
  return *note && (*note)->has(noteoption::kPrerelocate);
}

/// Reads \p after, and compares it with \p before as \p compareImages does.
static Error
verify(const Image &before, Bytes after, const Copies &copies,
       function_ref<Error(const Image &now, const Machine &, const Decoder &)>
           compareImages) {
  if (copies.same(before.bytes, after))
    return Error::success();
  Expected<Image> read = readImage(after);
  if (!read)
    return read.takeError();
  if (read->is64 != before.is64)
    return error("the ELF class is not that before");
  const Machine *machine = findMachine(before.machine, before.is64);
  const Decoder *decoder = findDecoder(before.machine, before.is64);
  if (!machine || !decoder)
    return error("machine {0} is not supported", before.machine);
  return compareImages(*read, *machine, *decoder);
}

Error verifyImage(const Image &before, Bytes after, const Copies &copies,
                  const KnownOfImages &known) {
  const auto compareImages = [&](const Image &now, const Machine &machine,
                                 const Decoder &decoder) -> Error {
    std::unique_ptr<UnshiftedImage> unshifted;
    if (asksForAddress(now)) {
      auto made = unshift(before, now, machine, decoder);
      if (!made)
        return made.takeError();
      unshifted = std::move(*made);
    }
    Comparison comparison(before, unshifted ? unshifted->image : now, now,
                          copies, machine, decoder);
    comparison.tablesAreUnnamed = known.tablesAreUnnamed;
    return compare(comparison,
                   [&](Comparison &c) { return checkNote(c, known.hash); });
  };
  return verify(before, after, copies, compareImages);
}

Error verifyNotes(const Image &before, Bytes after, const Copies &copies) {
  return verify(
      before, after, copies,
      [&](const Image &now, const Machine &machine, const Decoder &decoder) {
        Comparison comparison(before, now, now, copies, machine, decoder);
        return compare(comparison, checkAddedNote);
      });
}

/// Has \p verifyThem compare two files of which nothing is known.
static Error verifyFiles(Bytes before,
                         function_ref<Error(const Image &)> verifyThem) {
  Expected<Image> read = readImage(before);
  if (!read)
    return inContext("the old file", read.takeError());
  return verifyThem(*read);
}

/// Whether \p after is the output of a linker that made room for its entries,
/// so that the plain link has other addresses.
static bool wasLinkedWithRoom(Bytes after) {
  Expected<Image> read = readImage(after);
  if (!read) {
    consumeError(read.takeError());
    return false;
  }
  Expected<std::optional<FoundNote>> note = findNote(*read);
  if (!note) {
    consumeError(note.takeError());
    return false;
  }
  return *note && (*note)->has(noteoption::kRoom);
}

Error verifyImageFiles(Bytes before, Bytes after) {
  return verifyFiles(before, [&](const Image &old) -> Error {
    if (before == after || !wasLinkedWithRoom(after))
      return verifyImage(old, after, Copies());
    Expected<Image> rewritten = readImage(after);
    return rewritten ? verifyRewrittenLink(old, *rewritten)
                     : rewritten.takeError();
  });
}

Error verifyNoteFiles(Bytes before, Bytes after) {
  return verifyFiles(before, [&](const Image &old) {
    return verifyNotes(old, after, Copies());
  });
}

} // namespace objprelink
