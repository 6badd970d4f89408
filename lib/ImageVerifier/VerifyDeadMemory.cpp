//===- VerifyDeadMemory.cpp - what was overwritten was nobody's -----------===//
//
// A rewrite may overwrite memory that headers alone lead to, once these lead
// elsewhere: the memory behind the program headers, and tables. This file
// proves each byte dead that has changed there, in the old image and without a
// look at the new one: no symbol is there, no relocation makes an address of
// it, no instruction of the old code has a distance that leads there, and no
// note that programs may know by its address is there.
//
//===----------------------------------------------------------------------===//

#include "ELF/Notes.h"
#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Parallel.h"
#include <cstring>

using namespace llvm;
using namespace llvm::ELF;
using support::endian::read32le;

namespace objprelink {

namespace {
/// A distance in the old image that leads to what was overwritten.
struct Distance {
  uint64_t to = 0;
  uint64_t place = 0;
};

class DeadMemory {
public:
  explicit DeadMemory(const Comparison &c)
      : c(c), old(c.before), gots(c.decoder.gots(old)) {}
  Error run();

private:
  void findChanged();
  void addChanged(const AddressRange &range);
  Error checkSymbols() const;
  Error checkRelocation(const Relocation &relocation) const;
  Error checkRelocations() const;
  Error checkNotes() const;
  Error checkCode() const;
  void findDistances(const AddressRange &code,
                     std::optional<Distance> &found) const;
  void findConstants(const AddressRange &data,
                     std::optional<Distance> &found) const;
  Error checkAll(ArrayRef<AddressRange> parts, StringRef what,
                 void (DeadMemory::*search)(const AddressRange &,
                                            std::optional<Distance> &)
                     const) const;
  Error checkData() const;
  Error refuse(uint64_t at, Twine who) const {
    return error("the memory at {0:x} was overwritten, and {1} leads there", at,
                 who.str());
  }
  bool isChanged(uint64_t address) const { return changed.covers(address, 1); }

  const Comparison &c;
  const Image &old;
  const std::vector<uint64_t> gots;
  AddressSet changed;
  /// From the first to the last of it.
  AddressRange hull;
};
} // namespace

/// Adds the bytes of \p range that are others now.
void DeadMemory::addChanged(const AddressRange &range) {
  const auto of = [&](const Image &image) {
    const Bytes bytes = image.contentsAt(range.address, range.size);
    return bytes.empty() ? ByteVector(range.size) : ByteVector(bytes);
  };
  // Memory that the file does not have is zero.
  const ByteVector was = of(old), is = of(c.after);
  for (uint64_t at = 0; at < range.size; ++at)
    if (was[at] != is[at])
      changed.add({range.address + at, 1});
}

void DeadMemory::findChanged() {
  AddressSet tables;
  for (const AddressRange &table :
       {old.relocationTable, old.pltRelocationTable, old.relrTable}) {
    tables.add(table);
    // Only the linker writes these, so what leads there without the dynamic
    // table leads to the beginning.
    if (!c.tablesAreUnnamed &&
        old.contentsAt(table.address, table.size) !=
            c.after.contentsAt(table.address, table.size))
      changed.add({table.address, 1});
  }
  tables.seal();
  for (const AddressRange &range : c.headerTables.list()) {
    uint64_t at = range.address;
    for (const AddressRange &table : tables.list())
      if (table.end() > at && table.address < range.end()) {
        if (table.address > at)
          addChanged({at, table.address - at});
        at = table.end();
      }
    if (at < range.end())
      addChanged({at, range.end() - at});
  }
  changed.seal();
}

Error DeadMemory::checkSymbols() const {
  for (const DynamicSymbol &symbol : old.symbols)
    if (symbol.isInSection() && symbol.type != STT_TLS &&
        changed.intersects(symbol.value, std::max<uint64_t>(symbol.size, 1)))
      return refuse(symbol.value, "symbol '" + old.name(symbol) + "'");
  return Error::success();
}

Error DeadMemory::checkRelocation(const Relocation &relocation) const {
  uint64_t to = relocation.addend;
  if (relocation.symbol) {
    const DynamicSymbol &symbol = old.symbols[relocation.symbol];
    if (!symbol.isInSection() || symbol.type == STT_TLS || !relocation.addend)
      return Error::success();
    to += symbol.value;
  } else if (relocation.type != c.machine.relative) {
    return Error::success();
  }
  return isChanged(to)
             ? refuse(to, formatv("the relocation of {0:x}", relocation.offset))
             : Error::success();
}

Error DeadMemory::checkRelocations() const {
  for (ArrayRef<Relocation> table :
       {ArrayRef(old.relocations), ArrayRef(old.pltRelocations)})
    for (const Relocation &relocation : table)
      if (relocation.type)
        if (Error e = checkRelocation(relocation))
          return e;
  for (uint64_t place : old.relrPlaces)
    if (const uint64_t to = old.word(place).value_or(0); isChanged(to))
      return refuse(to, formatv("the relocation of {0:x}", place));
  return Error::success();
}

/// Notes that others than the tool chain have made have readers that are not
/// known, and so have all kinds that came after these.
Error DeadMemory::checkNotes() const {
  return forEachNote(old, [&](const ImageNote &note) -> Error {
    const uint64_t end = note.descriptorAt + note.descriptor.size();
    if (!changed.intersects(note.address, end - note.address))
      return Error::success();
    const StringRef owner = note.owner.rtrim('\0');
    const bool isGnu =
        owner == "GNU" && (note.type == 1 || note.type == 3 || note.type == 5);
    const bool isFdo =
        owner == "FDO" && (note.type == 0xcafe1a7e || note.type == 0x407c0c0a);
    return isGnu || isFdo ? Error::success()
                          : error("the note of '{0}' at {1:x} was overwritten",
                                  owner, note.address);
  });
}

void DeadMemory::findDistances(const AddressRange &code,
                               std::optional<Distance> &found) const {
  c.decoder.findDistances(old.contentsAt(code.address, code.size), code.address,
                          gots, hull, [&](uint64_t to, uint64_t place) {
                            if (!found && isChanged(to))
                              found = {to, place};
                          });
}

/// Constants may be distances from their own place.
void DeadMemory::findConstants(const AddressRange &data,
                               std::optional<Distance> &found) const {
  const uint64_t skipped = offsetToAlignment(data.address, Align(4));
  if (skipped >= data.size)
    return;
  const uint64_t begin = data.address + skipped;
  findPlainDistances(old.contentsAt(begin, data.size - skipped), begin, 4, hull,
                     [&](uint64_t to, uint64_t place) {
                       // Nothing leads to itself: padding.
                       if (!found && to != place && isChanged(to))
                         found = {to, place};
                     });
}

/// Has \p search look through all of \p parts, in pieces that overlap by more
/// than an instruction has, on all threads.
Error DeadMemory::checkAll(ArrayRef<AddressRange> parts, StringRef what,
                           void (DeadMemory::*search)(const AddressRange &,
                                                      std::optional<Distance> &)
                               const) const {
  constexpr uint64_t piece = uint64_t(1) << 20, overlap = 32;
  std::vector<AddressRange> pieces;
  for (const AddressRange &part : parts)
    for (uint64_t at = 0; at < part.size; at += piece)
      pieces.push_back(
          {part.address + at, std::min(piece + overlap, part.size - at)});
  std::vector<std::optional<Distance>> found(pieces.size());
  parallelFor(0, pieces.size(),
              [&](size_t i) { (this->*search)(pieces[i], found[i]); });
  for (const std::optional<Distance> &distance : found)
    if (distance)
      return refuse(distance->to,
                    formatv("{0} at {1:x}", what, distance->place));
  return Error::success();
}

Error DeadMemory::checkCode() const {
  std::vector<AddressRange> parts;
  for (uint32_t index : old.loadable) {
    const Segment &segment = old.segments[index];
    if (!(segment.flags & PF_X))
      continue;
    // Tables may share the segment.
    uint64_t at = segment.address;
    const uint64_t end = segment.address + segment.fileSize;
    for (const AddressRange &hole : c.notCode.list()) {
      if (hole.end() <= at || hole.address >= end)
        continue;
      if (hole.address > at)
        parts.push_back({at, hole.address - at});
      at = hole.end();
    }
    if (at < end)
      parts.push_back({at, end - at});
  }
  return checkAll(parts, "code", &DeadMemory::findDistances);
}

Error DeadMemory::checkData() const {
  std::vector<AddressRange> parts;
  for (const Section &section : old.sections)
    if (section.type == SHT_PROGBITS && !(section.flags & SHF_EXECINSTR) &&
        (section.flags & SHF_ALLOC) &&
        (old.name(section).starts_with(".rodata") ||
         old.name(section).starts_with(".data")))
      parts.push_back({section.address, section.size});
  return checkAll(parts, "data", &DeadMemory::findConstants);
}

Error DeadMemory::run() {
  findChanged();
  if (changed.list().empty())
    return Error::success();
  hull.address = changed.list().front().address;
  hull.size = changed.list().back().end() - hull.address;
  for (auto check : {&DeadMemory::checkSymbols, &DeadMemory::checkRelocations,
                     &DeadMemory::checkNotes, &DeadMemory::checkCode,
                     &DeadMemory::checkData})
    if (Error e = (this->*check)())
      return e;
  return Error::success();
}

Error checkDeadMemory(const Comparison &c) {
  return DeadMemory(c).run();
}

} // namespace objprelink
