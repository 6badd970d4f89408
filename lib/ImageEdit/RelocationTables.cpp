//===- RelocationTables.cpp - tables of relocations -----------------------===//
//
// ld.so goes through the first DT_RELACOUNT entries without looking at their
// types, and it caches the symbol of the previous entry. RELATIVE entries
// therefore stay first and in the order of their places, and entries of one
// symbol stay together.
//
// A table stays where it is if it has room there. Otherwise it moves, and its
// old room is free for other additions.
//
// Relocations that tools count stay as they were. Tracers take the n-th
// relocation of the PLT for its n-th entry, each in its own way;
// docs/debuggers.md lists them, and the reasons for the names of sections.
//
//===----------------------------------------------------------------------===//

#include "ImageEdit/RelocationTables.h"
#include "ELF/Relocations.h"
#include "ELF/Relr.h"
#include "ImageEdit/OldSections.h"
#include "Support/Diagnostics.h"
#include "Support/SortByNumber.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

ImageRelocations relocationsOf(const Image &image) {
  const auto convert = [](ArrayRef<Relocation> from,
                          std::vector<NewRelocation> &to) {
    to.reserve(from.size());
    for (const Relocation &relocation : from)
      to.push_back({inImage(relocation.offset), relocation.type,
                    relocation.symbol,
                    inImage(static_cast<uint64_t>(relocation.addend))});
  };
  ImageRelocations out;
  convert(image.relocations, out.main);
  convert(image.pltRelocations, out.plt);
  out.numbered = out.plt.size();
  out.relr = image.relrPlaces;
  return out;
}

/// As it is in the new file.
Relocation RelocationTables::resolve(const NewRelocation &relocation) const {
  const bool isAddress =
      !relocation.symbol &&
      (relocation.type == types.relative || relocation.type == types.indirect);
  return {relocation.place.value() + edit.shift, relocation.type,
          relocation.symbol,
          static_cast<int64_t>(relocation.value.value() +
                               (isAddress ? edit.shift : 0))};
}

uint64_t RelocationTables::mainSize() const {
  return relocations.main.size() * nativeRelocationSize(image.is64);
}

uint64_t RelocationTables::pltSize() const {
  return relocations.plt.size() * nativeRelocationSize(image.is64);
}

uint64_t RelocationTables::shadowSize() const {
  return leavesShadows
             ? objprelink::shadowSize(image, image.relocationTable, mainSize())
             : 0;
}

/// The PLT's table moves where it changes, and where packing frees what is
/// before it.
bool RelocationTables::movesPlt() const {
  return relocations.pltChanges ||
         (relocations.packing == Packing::All && pltSize());
}

Addition RelocationTables::table(StringRef name64, StringRef name32,
                                 uint64_t size) const {
  Addition out;
  out.name = (image.is64 ? name64 : name32).str();
  out.type = nativeRelocationType(image.is64);
  out.entrySize = nativeRelocationSize(image.is64);
  out.size = size;
  out.alignment = image.wordSize();
  return out;
}

void RelocationTables::measureMain() {
  AddressRange room = image.relocationTable;
  if (movesPlt() && room.end() == image.pltRelocationTable.address)
    room.size += image.pltRelocationTable.size;
  else if (movesPlt() && !image.pltRelocationTable.empty())
    edit.freed.push_back(image.pltRelocationTable);

  Addition added = table(".rela.dyn", ".rel.dyn", mainSize());
  added.replaces = image.relocationTable;
  added.isPlaced = mainSize() <= room.size;
  if (added.isPlaced) {
    added.address = room.address;
    room.address += mainSize();
    room.size -= mainSize();
  } else {
    // The shadow stands behind its table.
    added.size += shadowSize();
  }
  if (!room.empty())
    edit.freed.push_back(room);
  main = &edit.add(std::move(added));
}

/// The table stays where it is, if it has room there and is no new one.
Error RelocationTables::measureRelr() {
  std::vector<uint64_t> places = relocations.relr;
  for (uint64_t &place : places)
    place += edit.shift;
  Expected<ByteVector> encoded = encodeRelr(places, image.is64);
  if (!encoded)
    return inContext("relative relocations cannot be packed",
                     encoded.takeError());
  relrTable = std::move(*encoded);
  Addition added;
  added.name = ".relr.dyn";
  added.type = SHT_RELR;
  added.entrySize = added.alignment = image.wordSize();
  added.size = relrTable.size();
  added.replaces = image.relrTable;
  added.awayFromHeaders = true;
  if (relocations.packing == Packing::Private) {
    added.name = ".relr.objprelink";
    added.type = SHT_PROGBITS;
    added.replaces = {};
  }
  added.isPlaced = relocations.packing == Packing::New &&
                   relrTable.size() <= image.relrTable.size;
  if (added.isPlaced)
    added.address = image.relrTable.address;
  else if (!image.relrTable.empty())
    edit.freed.push_back(image.relrTable);
  relr = &edit.add(std::move(added));
  return Error::success();
}

Error RelocationTables::measure() {
  measureMain();
  if (movesPlt()) {
    Addition added = table(".rela.objprelink", ".rel.objprelink", pltSize());
    added.replaces = image.pltRelocationTable;
    // patchelf would move the section of its first part alone.
    added.awayFromHeaders = true;
    plt = &edit.add(std::move(added));
  }
  if (relocations.packing != Packing::None)
    if (Error e = measureRelr())
      return e;
  if (main->isPlaced && shadowSize()) {
    Addition added;
    added.size = shadowSize();
    added.alignment = image.wordSize();
    added.awayFromHeaders = true;
    shadow = &edit.add(std::move(added));
  }
  return Error::success();
}

std::vector<Relocation> RelocationTables::mainInOrder() {
  const bool isCounted =
      image.dynamicValue(image.hasAddends ? DT_RELACOUNT : DT_RELCOUNT)
          .has_value();
  const std::vector<NewRelocation> &all = relocations.main;
  const auto isRelative = [&](const NewRelocation &relocation) {
    return isCounted && relocation.type == types.relative && !relocation.symbol;
  };
  std::vector<uint32_t> relative, others;
  relative.reserve(all.size());
  for (auto [index, relocation] : enumerate(all))
    (isRelative(relocation) ? relative : others).push_back(index);
  sortByNumber(relative, [&](uint32_t i) { return resolve(all[i]).offset; });
  if (relocations.bySymbol)
    sortByNumber(others, [&](uint32_t i) { return all[i].symbol; });
  relativeCount = relative.size();
  std::vector<Relocation> out;
  out.reserve(all.size());
  for (const std::vector<uint32_t> *part : {&relative, &others})
    for (uint32_t index : *part)
      out.push_back(resolve(all[index]));
  return out;
}

void RelocationTables::writeMain() {
  edit.write(main->address, encodeRelocations(mainInOrder(), image.is64));
  Addition described = *main;
  described.size = mainSize();
  edit.describe(described);
  // A table of which nothing is left still has its section.
  if (!mainSize())
    if (Section *section = edit.headerOf(main->replaces, main->type))
      section->size = 0;
}

ByteVector RelocationTables::encodePlt() const {
  std::vector<Relocation> resolved;
  for (const NewRelocation &relocation : relocations.plt)
    resolved.push_back(resolve(relocation));
  return encodeRelocations(resolved, image.is64);
}

/// Tools take the n-th relocation of .rela.plt for the n-th entry of .plt:
/// uftrace and perf by the name of the section, lldb by the place of DT_JMPREL.
/// So the section ends where the relocations of the old entries do, and the
/// others are in one of their own.
void RelocationTables::writePlt() {
  edit.write(plt->address, encodePlt());
  Section *section = edit.headerOf(plt->replaces, plt->type);
  if (!section)
    return edit.describe(*plt);
  section->address = plt->address;
  section->size = relocations.numbered * plt->entrySize;
  Addition others = *plt;
  others.replaces = {};
  others.address += section->size;
  others.size -= section->size;
  edit.describe(others);
}

void RelocationTables::write() {
  writeMain();
  if (plt)
    writePlt();
  else if (edit.shift)
    edit.write(image.pltRelocationTable.address, encodePlt());
  for (const NewWord &word : relocations.words)
    edit.writeAddress(word.place.value(), word.value.value());
  if (!relr)
    return;
  if (relr->isPlaced)
    edit.writeZeros(image.relrTable.address, image.relrTable.size);
  edit.write(relr->address, relrTable);
}

void RelocationTables::setMainTags() {
  const int64_t table = image.hasAddends ? DT_RELA : DT_REL;
  const int64_t size = image.hasAddends ? DT_RELASZ : DT_RELSZ;
  const int64_t entry = image.hasAddends ? DT_RELAENT : DT_RELENT;
  const int64_t count = image.hasAddends ? DT_RELACOUNT : DT_RELCOUNT;
  if (relocations.main.empty()) {
    for (int64_t tag : {table, size, entry, count})
      edit.removeDynamic(tag);
    return;
  }
  edit.setDynamic(table, main->address);
  edit.setDynamic(size, mainSize());
  edit.setDynamic(entry, main->entrySize);
  if (edit.dynamicValue(count))
    edit.setDynamic(count, relativeCount);
  // It only makes the loader faster, by less than what it has to do now.
  if (!relativeCount ||
      (relocations.packing == Packing::All && edit.spareDynamicEntries() < 3))
    edit.removeDynamic(count);
}

void RelocationTables::setPltTags() {
  if (!plt)
    return;
  edit.setDynamic(DT_JMPREL, plt->address);
  edit.setDynamic(DT_PLTRELSZ, pltSize());
  edit.setDynamic(DT_PLTREL, image.hasAddends ? DT_RELA : DT_REL);
}

void RelocationTables::setRelrTags() {
  if (relocations.packing == Packing::Private)
    for (int64_t tag : {DT_RELR, DT_RELRSZ, DT_RELRENT})
      edit.removeDynamic(tag);
  else if (relr && relr->size) {
    edit.setDynamic(DT_RELR, relr->address);
    edit.setDynamic(DT_RELRSZ, relr->size);
    edit.setDynamic(DT_RELRENT, relr->entrySize);
  }
}

/// ltrace reads all of .dynamic, what follows DT_NULL too, and takes the last
/// size that it finds. It counts the entries of .plt. Where there is no room
/// for that, it finds no table and shows no calls.
void RelocationTables::setCountedSize() {
  const bool hasPlt = any_of(image.sections, [&](const Section &section) {
    return image.name(section) == ".plt";
  });
  if (plt && relocations.numbered < relocations.plt.size() && hasPlt &&
      edit.spareDynamicEntries())
    edit.setDynamicRest({DT_PLTRELSZ, relocations.numbered * plt->entrySize});
}

void RelocationTables::describeRelr() {
  if (relr)
    edit.describe(*relr);
  // A table of which nothing is left still has its section.
  if (relocations.packing == Packing::Private)
    if (Section *section = edit.headerOf(image.relrTable, SHT_RELR))
      section->size = 0;
}

void RelocationTables::addShadow() {
  const uint64_t address =
      shadow ? shadow->address : main->address + mainSize();
  if (shadowSize() && address > main->address)
    objprelink::addShadow(edit, image.relocationTable, image.relocations,
                          address);
}

Error checkTableReferences(const Image &image, References &references) {
  for (const DynamicTable &table : image.tables())
    if (is_contained({DT_RELA, DT_REL, DT_JMPREL, DT_RELR}, table.tag))
      if (const auto who = references.findTable(table.range))
        return error("{0} may refer to {1} at {2:x}, which is to change", *who,
                     dynamicTagName(table.tag), table.range.address);
  return Error::success();
}

} // namespace objprelink
