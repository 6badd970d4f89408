//===- VerifyDeadMemory.cpp - what was overwritten was nobody's -----------===//
//
// A rewrite may overwrite what headers alone lead to, once these lead
// elsewhere: the memory behind the program headers, and tables. Here each byte
// that has changed there is proven dead, in the old image and without a look at
// the new one: no symbol is there, no relocation makes an address of it, no
// instruction of the old code has a distance that leads there, and no note that
// programs may know by its address is there.
//
//===----------------------------------------------------------------------===//

#include "ELF/Notes.h"
#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include <cstring>

using namespace llvm;
using namespace llvm::ELF;
using support::endian::read32le;

namespace objprelink {

namespace {
class DeadMemory {
public:
  explicit DeadMemory(const Comparison &c) : c(c), old(c.before) {}
  Error run();

private:
  void findChanged();
  void addChanged(const AddressRange &range);
  Error checkSymbols() const;
  Error checkRelocations() const;
  Error checkNotes() const;
  Error checkCode() const;
  Error checkDistances(const AddressRange &code) const;
  Error checkData() const;
  Error refuse(uint64_t at, Twine who) const {
    return error("the memory at {0:x} was overwritten, and {1} leads there", at,
                 who.str());
  }
  bool isChanged(uint64_t address) const { return changed.covers(address, 1); }

  const Comparison &c;
  const Image &old;
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
    if (old.contentsAt(table.address, table.size) !=
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

Error DeadMemory::checkRelocations() const {
  for (const PlacedRelocation &relocation : c.relocationsBefore) {
    uint64_t to = relocation.addend;
    if (relocation.symbol) {
      const DynamicSymbol &symbol = old.symbols[relocation.symbol];
      if (!symbol.isInSection() || symbol.type == STT_TLS || !relocation.addend)
        continue;
      to += symbol.value;
    } else if (relocation.type != c.machine.relative) {
      continue;
    }
    if (isChanged(to))
      return refuse(to, formatv("the relocation of {0:x}", relocation.place));
  }
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

Error DeadMemory::checkDistances(const AddressRange &code) const {
  std::optional<std::pair<uint64_t, uint64_t>> found;
  c.decoder.findDistances(old.contentsAt(code.address, code.size), code.address,
                          c.decoder.gots(old), hull,
                          [&](uint64_t to, uint64_t place) {
                            if (!found && isChanged(to))
                              found = {to, place};
                          });
  return found ? refuse(found->first, formatv("code at {0:x}", found->second))
               : Error::success();
}

Error DeadMemory::checkCode() const {
  for (uint32_t index : old.loadable) {
    const Segment &segment = old.segments[index];
    if (!(segment.flags & PF_X))
      continue;
    // Tables may share the segment.
    uint64_t at = segment.address;
    const uint64_t end = segment.address + segment.fileSize;
    std::vector<AddressRange> parts;
    for (const AddressRange &hole : c.notCode.list()) {
      if (hole.end() <= at || hole.address >= end)
        continue;
      if (hole.address > at)
        parts.push_back({at, hole.address - at});
      at = hole.end();
    }
    if (at < end)
      parts.push_back({at, end - at});
    for (const AddressRange &part : parts)
      if (Error e = checkDistances(part))
        return e;
  }
  return Error::success();
}

/// Constants may be distances from their own place.
Error DeadMemory::checkData() const {
  for (const Section &section : old.sections) {
    if (section.type != SHT_PROGBITS || (section.flags & SHF_EXECINSTR) ||
        !(section.flags & SHF_ALLOC) ||
        !(old.name(section).starts_with(".rodata") ||
          old.name(section).starts_with(".data")))
      continue;
    const Bytes bytes = old.contentsAt(section.address, section.size);
    for (size_t at = offsetToAlignment(section.address, Align(4));
         at + 4 <= bytes.size(); at += 4) {
      const int64_t distance = int32_t(read32le(&bytes[at]));
      const uint64_t to = section.address + at + distance;
      // Few lead near it, in megabytes of data.
      if (hull.contains(to) && distance && isChanged(to))
        return refuse(to, formatv("data at {0:x}", section.address + at));
    }
  }
  return Error::success();
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
