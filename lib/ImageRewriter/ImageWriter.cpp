//===- ImageWriter.cpp - carry out the plan of an image -------------------===//
//
// Sizes first: the code, the tables and the note have sizes that depend on the
// plan alone. Then room is made for all of them at once. Then they are made a
// second time, with their addresses, and written.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/ImageWriter.h"
#include "ELF/Notes.h"
#include "ELF/Relocations.h"
#include "ELF/Relr.h"
#include "ELF/RewriteNote.h"
#include "ImageEdit/BuildId.h"
#include "ImageEdit/HeaderRoom.h"
#include "ImageEdit/OldSections.h"
#include "ImageEdit/RelroRoom.h"
#include "ImageEdit/Room.h"
#include "ImageEdit/Undo.h"
#include "ImageRewriter/CodeSymbols.h"
#include "ImageRewriter/EntryCode.h"
#include "ImageRewriter/PackRelr.h"
#include "ImageRewriter/RelocationTables.h"
#include "ImageRewriter/TargetMachine.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// DT_X86_64_PLT, DT_X86_64_PLTSZ and DT_X86_64_PLTENT.
static constexpr int64_t kPltAddress = DT_LOPROC, kPltSize = DT_LOPROC + 1,
                         kPltEntrySize = DT_LOPROC + 3;

namespace {
class ImageWriter {
public:
  ImageWriter(const Image &image, const ImagePlan &plan, ImageEdit &edit,
              const Config &config)
      : image(image), plan(plan), edit(edit), config(config),
        references(image, machineCodeOf(*plan.target)),
        packing(config.packRelativeRelocs ? Packing::All
                : image.relrTable.empty() ? Packing::None
                                          : Packing::New) {}
  Error run();
  /// Whether run() has failed for want of room.
  bool lacksRoom = false;

private:
  /// What room is made for; also the order of the requests.
  enum Part {
    Code,
    Words,
    Note,
    MainTable,
    PltTable,
    RelrTable,
    MainShadow,
    Strings,
    Versions,
    NeededVersions,
    PartCount
  };

  Error measure();
  void measureStrings();
  void measureTables();
  void findOldNotes(bool mayCopy);
  Error checkTableReferences();
  Error measureRelr();
  uint64_t relrAddress() const {
    return requests[RelrTable].size ? at(RelrTable) : image.relrTable.address;
  }
  Error makeRoomForAll();
  Error makeRoomOnce(bool saveHeaders);
  void placeNotes();
  void writeCode();
  void writeWords();
  Error writeTables();
  Section *headerOf(const AddressRange &old, uint32_t type);
  void writeTable(const AddressRange &old, uint64_t address,
                  ArrayRef<Relocation> table, StringRef name);
  void addTable(uint64_t address, uint64_t size, StringRef name);
  void writePltTable();
  void writeRelrVersion();
  void setDynamicTags();
  void setTextRelocations();
  void addSections();
  uint64_t shadowSizeOf(const AddressRange &old, uint64_t newSize) const;
  void addShadows();
  Error checkNewNames() const;
  ByteVector makeNote() const;
  void writeHash(uint64_t noteAddress, Bytes note);
  void request(Part part, uint64_t size, uint64_t alignment,
               uint32_t flags = PF_R);
  uint64_t at(Part part) const { return requests[part].address; }
  uint64_t entrySize() const { return nativeRelocationSize(image.is64); }
  EntryAddresses entryAddresses() const;

  const Image &image;
  const ImagePlan &plan;
  ImageEdit &edit;
  const Config &config;
  References references;
  const Packing packing;
  Request requests[PartCount];
  std::vector<AddressRange> freed;
  /// Old notes that ours follows, in one program header: they go where it goes,
  /// or they stay where they are and a copy goes there.
  AddressRange oldNotes;
  bool copiesNotes = false;
  /// Whether DT_PLTGOT is a new one, before the lazy words.
  bool newGot = false;
  bool addsVersion = false;
  bool copiesStrings = false;
  EntryCode code;
  RelocationTables tables;
  uint64_t mainAddress = 0;
  bool movesPlt = false;
  uint64_t relrSize = 0;
};
} // namespace

void ImageWriter::request(Part part, uint64_t size, uint64_t alignment,
                          uint32_t flags) {
  requests[part] = {size, alignment, flags};
}

EntryAddresses ImageWriter::entryAddresses() const {
  EntryAddresses out;
  out.code = at(Code);
  out.got = newGot ? at(Words) : image.dynamicValue(DT_PLTGOT).value_or(0);
  out.words = at(Words) + (newGot ? 3 * image.wordSize() : 0);
  out.firstIndex = plan.overridesBindNow ? 0 : image.pltRelocations.size();
  return out;
}

ByteVector ImageWriter::makeNote() const {
  NoteContents contents;
  contents.version = OBJPRELINK_VERSION;
  contents.mode = plan.mode;
  const auto add = [&](bool is, StringRef option) {
    if (is)
      contents.options.push_back(option.str());
  };
  add(plan.overridesBindNow, noteoption::kOverrideBindNow);
  add(plan.movedWords, noteoption::kLazyAll);
  const bool hasPlt =
      plan.target->hasAbsoluteEntries && !plan.lazyWords.empty();
  add(plan.style.absolute && !code.code.absolutePlaces.empty(),
      noteoption::kAbsolutePlt);
  add(hasPlt && !plan.style.absolute, noteoption::kPicPlt);
  add(config.packRelativeRelocs, noteoption::kPackRelr);
  contents.slots = plan.redirected;
  contents.functions = plan.functions.size();
  add(config.linked, noteoption::kLinked);
  return encodeNote(contents);
}

/// The name of the version goes behind the strings, if what stands there may
/// move; else the strings are copied.
void ImageWriter::measureStrings() {
  const uint64_t end = image.stringTable.end();
  const uint64_t padding = alignTo(end, 2) - end;
  copiesStrings = true;
  if (image.versionTable.address == end + padding &&
      image.versionTable.size > kRelrVersion.size() &&
      all_of(image.contentsAt(end, padding),
             [](uint8_t byte) { return byte == 0; }) &&
      !references.find({end, kRelrVersion.size() + 1})) {
    copiesStrings = false;
    request(Versions, image.versionTable.size, 2);
  } else {
    request(Strings, image.stringTable.size + kRelrVersion.size() + 1, 1);
  }
}

/// Whoever packs wants no room for what is not used, and has tables that cannot
/// have shadows.
uint64_t ImageWriter::shadowSizeOf(const AddressRange &old,
                                   uint64_t newSize) const {
  return config.linked || packing != Packing::None
             ? 0
             : shadowSize(image, old, newSize);
}

void ImageWriter::measureTables() {
  const uint64_t mainSize = tables.main.size() * entrySize();
  const uint64_t pltSize = tables.plt.size() * entrySize();
  // The PLT's table moves where it changes, and where packing frees what is
  // before it.
  movesPlt = !plan.lazyWords.empty() || (config.packRelativeRelocs && pltSize);
  AddressRange room = image.relocationTable;
  if (movesPlt && room.end() == image.pltRelocationTable.address)
    room.size += image.pltRelocationTable.size;
  else if (movesPlt && !image.pltRelocationTable.empty())
    freed.push_back(image.pltRelocationTable);

  if (mainSize <= room.size) {
    mainAddress = room.address;
    room.address += mainSize;
    room.size -= mainSize;
  } else {
    request(MainTable, mainSize, image.wordSize());
  }
  if (!room.empty())
    freed.push_back(room);
  // Shadows stand behind their tables.
  request(MainShadow, shadowSizeOf(image.relocationTable, mainSize),
          image.wordSize());
  requests[MainShadow].awayFromHeaders = true;
  if (requests[MainTable].size)
    requests[MainTable].size += std::exchange(requests[MainShadow].size, 0);
  if (!movesPlt)
    return;
  // patchelf would move the section of its first part alone.
  request(PltTable, pltSize, image.wordSize());
  requests[PltTable].awayFromHeaders = true;
}

/// The table stays where it is, if it has room there.
Error ImageWriter::measureRelr() {
  Expected<ByteVector> relr = encodeRelr(tables.relr, image.is64);
  if (!relr)
    return inContext("relative relocations cannot be packed", relr.takeError());
  relrSize = relr->size();
  if (packing == Packing::New && relrSize <= image.relrTable.size)
    return Error::success();
  if (!image.relrTable.empty())
    freed.push_back(image.relrTable);
  request(RelrTable, relrSize, image.wordSize());
  requests[RelrTable].awayFromHeaders = true;
  return Error::success();
}

Error ImageWriter::measure() {
  newGot = !plan.lazyWords.empty() && !hasGotHeader(image);
  if (newGot && !image.isBindNow && !image.pltRelocations.empty())
    return error("the PLT is lazy, but DT_PLTGOT does not lead to words that "
                 "ld.so may write to");
  code = makeEntryCode(plan, entryAddresses());
  tables = makeRelocationTables(image, plan, code, 0, packing);
  request(Code, code.code.bytes.size(), 16, PF_R | PF_X);
  requests[Code].awayFromHeaders = true;
  const uint64_t words = plan.newWords + (newGot ? 3 : 0);
  request(Words, words * image.wordSize(), image.wordSize(), PF_R | PF_W);
  requests[Words].awayFromHeaders = true;
  measureTables();
  if (packing != Packing::None)
    if (Error e = measureRelr())
      return e;
  addsVersion = packing == Packing::All && relrSize && !config.linked &&
                !needsRelrVersion(image);
  if (!addsVersion)
    return Error::success();
  measureStrings();
  Expected<ByteVector> versions = addRelrVersion(image, 0);
  if (!versions)
    return versions.takeError();
  request(NeededVersions, versions->size(), image.wordSize());
  return Error::success();
}

/// The image's notes, if ours can go behind them in the same program header:
/// those that may move, or with \p mayCopy any.
void ImageWriter::findOldNotes(bool mayCopy) {
  oldNotes = {};
  for (const Segment &segment : image.segments) {
    const AddressRange range = {segment.address, segment.fileSize};
    if (segment.type != PT_NOTE || segment.alignment != 4 ||
        !segment.fileSize || segment.fileSize % 4 ||
        segment.fileSize != segment.memorySize ||
        !isFullOfNotes(image, segment))
      continue;
    const bool mayMove =
        areMovableNotes(image, range) && !references.find(range);
    if (!mayMove && !mayCopy)
      continue;
    oldNotes = range;
    copiesNotes = !mayMove;
  }
}

void ImageWriter::placeNotes() {
  if (copiesNotes)
    edit.write(at(Note), image.contentsAt(oldNotes.address, oldNotes.size));
  if (!oldNotes.empty()) {
    const uint64_t begin = copiesNotes ? oldNotes.address : at(Note);
    for (Segment &segment : edit.segments)
      if (segment.type == PT_NOTE && segment.address == begin) {
        segment.address = segment.physicalAddress = at(Note);
        segment.fileSize = segment.memorySize = requests[Note].size;
      }
    return;
  }
  Segment note;
  note.type = PT_NOTE;
  note.flags = PF_R;
  note.address = note.physicalAddress = at(Note);
  note.fileSize = note.memorySize = requests[Note].size;
  note.alignment = 4;
  edit.segments.push_back(note);
}

/// Tables are made anew where they are, or elsewhere. Code that has another way
/// to them than the dynamic table would not find what it expects.
Error ImageWriter::checkTableReferences() {
  for (const DynamicTable &table : image.tables())
    if (is_contained({DT_RELA, DT_REL, DT_JMPREL, DT_RELR}, table.tag))
      if (const auto who = references.findTable(table.range))
        return error("{0} may refer to {1} at {2:x}, which is to change", *who,
                     dynamicTagName(table.tag), table.range.address);
  return Error::success();
}

/// Whether the debug symbols are in the image. Where they are in a file of
/// their own, perf takes offsets of the one file for those of the other: it
/// finds a symbol by the distance of section offsets from those of addresses.
static bool hasDebugInfo(const Image &image) {
  return any_of(image.sections, [&](const Section &section) {
    return image.name(section) == ".debug_info";
  });
}

Error ImageWriter::makeRoomOnce(bool saveHeaders) {
  findOldNotes(/*mayCopy=*/saveHeaders);
  request(Note, oldNotes.size + makeNote().size(), 4);
  requests[Note].nearHeaders = true;
  requests[Note].mayBeWithCode = true;
  RoomOptions options;
  options.freed = freed;
  if (!copiesNotes)
    options.claimed = oldNotes;
  options.claimedBy = Note;
  options.moreSegments = oldNotes.empty() ? 1 : 0;
  options.mayMoveStrings = !addsVersion;
  options.cutPages =
      config.packRelativeRelocs && !config.keepSize &&
      (config.linked || config.shrinkFile || hasDebugInfo(image));
  options.saveHeaders = saveHeaders;
  return makeRoom(edit, references, requests, options);
}

Error ImageWriter::makeRoomForAll() {
  if (Error e = makeRoomOnce(/*saveHeaders=*/false)) {
    if (Error other = makeRoomOnce(/*saveHeaders=*/true)) {
      consumeError(std::move(other));
      lacksRoom = true;
      return e;
    }
    consumeError(std::move(e));
  }
  placeNotes();
  for (Segment &segment : edit.segments)
    if (segment.type == PT_PHDR)
      segment.fileSize = segment.memorySize =
          image.programHeadersSize(edit.segments.size());
  return Error::success();
}

void ImageWriter::writeCode() {
  code = makeEntryCode(plan, entryAddresses());
  edit.write(at(Code), code.code.bytes);
  // The old entries whose words have moved.
  const EntryAddresses addresses = entryAddresses();
  for (const LazyWord &word : plan.lazyWords)
    for (const FoundEntry &entry : word.entries)
      edit.write32(entry.field,
                   addresses.of(word, image.wordSize()) - entry.fieldBase);
}

void ImageWriter::writeWords() {
  const EntryAddresses addresses = entryAddresses();
  // ld.so's words in front are zero, also where a table was.
  edit.writeZeros(at(Words), requests[Words].size);
  for (auto [word, tail] : zip_equal(plan.lazyWords, code.tails))
    edit.writeWord(addresses.of(word, image.wordSize()), tail);
}

/// The header of the result that described \p old, or null. Others may have
/// moved to where that was.
Section *ImageWriter::headerOf(const AddressRange &old, uint32_t type) {
  for (auto [was, now] : zip(image.sections, edit.sections))
    if (!old.empty() && was.address == old.address && was.type == type &&
        (was.flags & SHF_ALLOC))
      return &now;
  return nullptr;
}

/// Writes a table and makes its section header follow it.
void ImageWriter::writeTable(const AddressRange &old, uint64_t address,
                             ArrayRef<Relocation> table, StringRef name) {
  const ByteVector bytes = encodeRelocations(table, image.is64);
  edit.write(address, bytes);
  if (image.sections.empty())
    return;
  const uint32_t type = nativeRelocationType(image.is64);
  if (Section *section = headerOf(old, type)) {
    if (!bytes.empty())
      section->address = address;
    section->size = bytes.size();
    return;
  }
  addTable(address, bytes.size(), name);
}

void ImageWriter::addTable(uint64_t address, uint64_t size, StringRef name) {
  if (!size || image.sections.empty())
    return;
  AddedSection added;
  added.name = name.str();
  added.header.type = nativeRelocationType(image.is64);
  added.header.flags = SHF_ALLOC;
  added.header.address = address;
  added.header.size = size;
  added.header.alignment = image.wordSize();
  added.header.entrySize = entrySize();
  added.header.link = find_if(image.sections,
                              [](const Section &section) {
                                return section.type == SHT_DYNSYM;
                              }) -
                      image.sections.begin();
  edit.addedSections.push_back(std::move(added));
}

/// Tools take the n-th relocation of .rela.plt for the n-th entry of .plt:
/// uftrace and perf by the name of the section, lldb by the place of DT_JMPREL.
/// So the section ends where the relocations of the old entries do, and the
/// others are in one of their own.
void ImageWriter::writePltTable() {
  const uint64_t address = at(PltTable);
  const uint64_t numbered = plan.numbered * entrySize();
  edit.write(address, encodeRelocations(tables.plt, image.is64));
  const StringRef name = image.is64 ? ".rela.objprelink" : ".rel.objprelink";
  Section *section =
      headerOf(image.pltRelocationTable, nativeRelocationType(image.is64));
  if (!section) {
    addTable(address, tables.plt.size() * entrySize(), name);
    return;
  }
  section->address = address;
  section->size = numbered;
  addTable(address + numbered, tables.plt.size() * entrySize() - numbered,
           name);
}

Error ImageWriter::writeTables() {
  tables =
      makeRelocationTables(image, plan, code, entryAddresses().words, packing);
  if (requests[MainTable].size)
    mainAddress = at(MainTable);
  writeTable(image.relocationTable, mainAddress, tables.main,
             image.is64 ? ".rela.dyn" : ".rel.dyn");
  if (movesPlt)
    writePltTable();
  for (auto [place, value] : tables.addends)
    edit.writeWord(place, value);
  if (packing == Packing::None)
    return Error::success();

  Expected<ByteVector> relr = encodeRelr(tables.relr, image.is64);
  if (!relr)
    return relr.takeError();
  if (!requests[RelrTable].size)
    edit.writeZeros(image.relrTable.address, image.relrTable.size);
  edit.write(relrAddress(), *relr);
  if (addsVersion)
    writeRelrVersion();
  return Error::success();
}

void ImageWriter::writeRelrVersion() {
  const uint64_t name = image.stringTable.size;
  uint64_t strings = image.stringTable.address;
  // The old bytes stay, but where the name goes.
  if (copiesStrings) {
    strings = at(Strings);
    edit.write(strings, image.strings);
  } else {
    moveTables(edit, {{image.versionTable, at(Versions)}});
  }
  const std::string text = kRelrVersion.str();
  edit.write(
      strings + name,
      Bytes(reinterpret_cast<const uint8_t *>(text.c_str()), text.size() + 1));
  // The same as was measured, but for the name.
  const ByteVector versions = cantFail(addRelrVersion(image, name));
  edit.write(at(NeededVersions), versions);

  edit.setDynamic(DT_STRTAB, strings);
  edit.setDynamic(DT_STRSZ, name + text.size() + 1);
  edit.setDynamic(DT_VERNEED, at(NeededVersions));
  if (Section *section = headerOf(image.stringTable, SHT_STRTAB)) {
    section->address = strings;
    section->size = name + text.size() + 1;
  }
  if (Section *section = headerOf(image.neededVersionTable, SHT_GNU_verneed)) {
    section->address = at(NeededVersions);
    section->size = versions.size();
  }
}

void ImageWriter::setTextRelocations() {
  if (code.code.absolutePlaces.empty())
    return;
  // glibc looks at either, musl at the entry, for which there may be no room.
  const auto flags = edit.dynamicValue(DT_FLAGS);
  if (flags)
    edit.setDynamic(DT_FLAGS, *flags | DF_TEXTREL);
  if (!flags || edit.spareDynamicEntries())
    edit.setDynamic(DT_TEXTREL, 0);
}

void ImageWriter::setDynamicTags() {
  const int64_t table = image.hasAddends ? DT_RELA : DT_REL;
  const int64_t size = image.hasAddends ? DT_RELASZ : DT_RELSZ;
  const int64_t entry = image.hasAddends ? DT_RELAENT : DT_RELENT;
  const int64_t count = image.hasAddends ? DT_RELACOUNT : DT_RELCOUNT;
  if (tables.main.empty()) {
    for (int64_t tag : {table, size, entry, count})
      edit.removeDynamic(tag);
  } else {
    edit.setDynamic(table, mainAddress);
    edit.setDynamic(size, tables.main.size() * entrySize());
    edit.setDynamic(entry, entrySize());
    if (edit.dynamicValue(count))
      edit.setDynamic(count, tables.relativeCount);
    // It only makes the loader faster, by less than what it has to do now.
    if (!tables.relativeCount ||
        (packing == Packing::All && edit.spareDynamicEntries() < 3))
      edit.removeDynamic(count);
  }
  if (movesPlt) {
    edit.setDynamic(DT_JMPREL, at(PltTable));
    edit.setDynamic(DT_PLTRELSZ, tables.plt.size() * entrySize());
    edit.setDynamic(DT_PLTREL, table);
  }
  if (newGot)
    edit.setDynamic(DT_PLTGOT, at(Words));
  // An x86-64 linker's -z mark-plt: glibc 2.39 may write a jump to where the
  // addend of each JUMP_SLOT leads, in the memory that these tags describe
  // (x86_64_rewrite_plt in sysdeps/x86_64/dl-machine.h). Ours are not there.
  if (image.is64 && plan.newWords)
    for (int64_t tag : {kPltAddress, kPltSize, kPltEntrySize})
      edit.removeDynamic(tag);
  if (relrSize) {
    edit.setDynamic(DT_RELR, relrAddress());
    edit.setDynamic(DT_RELRSZ, relrSize);
    edit.setDynamic(DT_RELRENT, image.wordSize());
  }
  if (plan.overridesBindNow) {
    edit.removeDynamic(DT_BIND_NOW);
    if (const auto flags = edit.dynamicValue(DT_FLAGS))
      edit.setDynamic(DT_FLAGS, *flags & ~uint64_t(DF_BIND_NOW));
    if (const auto flags = edit.dynamicValue(DT_FLAGS_1))
      edit.setDynamic(DT_FLAGS_1, *flags & ~uint64_t(DF_1_NOW));
  }
  setTextRelocations();
  // ltrace reads all of .dynamic, what follows DT_NULL too, and takes the last
  // size that it finds. It counts the entries of .plt. Where there is no room
  // for that, it finds no table and shows no calls.
  if (movesPlt && plan.numbered < tables.plt.size() && hasPltSection(image) &&
      edit.spareDynamicEntries())
    edit.setDynamicRest({DT_PLTRELSZ, plan.numbered * entrySize()});
}

/// gdb steps through what GNU BFD names f@plt. That it does, where the code is
/// an entry's, in the sections .plt, .plt.got, .plt.sec and .plt.bnd. Images
/// have the first three, and tools count their entries or give up where there
/// are two of a name. Nothing makes the last any more: it was for Intel MPX.
static constexpr StringLiteral kCodeSection(".plt.bnd");

void ImageWriter::addSections() {
  if (image.sections.empty())
    return;
  const auto add = [&](Part part, StringRef name, uint32_t type,
                       uint64_t flags) {
    if (!requests[part].size)
      return;
    AddedSection added;
    added.name = name.str();
    added.header.type = type;
    added.header.flags = flags;
    added.header.address = at(part);
    added.header.size = requests[part].size;
    added.header.alignment = requests[part].alignment;
    edit.addedSections.push_back(std::move(added));
  };
  add(Note, ".note.objprelink", SHT_NOTE, SHF_ALLOC);
  // Those that have moved have sections of their own.
  if (!copiesNotes) {
    edit.addedSections.back().header.address += oldNotes.size;
    edit.addedSections.back().header.size -= oldNotes.size;
  }
  if (config.addSymbols)
    edit.addedSymbols =
        nameCode(image, *plan.target, code, edit.addedSections.size());
  add(Code, kCodeSection, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR);
  add(Words, ".got.objprelink", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE);
  if (plan.relroBegin)
    edit.addedSections.push_back(
        makeRelroSection(image, *plan.relroBegin, plan.relroWords.size()));
  if (!relrSize)
    return;
  if (Section *section = headerOf(image.relrTable, SHT_RELR)) {
    section->address = relrAddress();
    section->size = relrSize;
    return;
  }
  add(RelrTable, ".relr.dyn", SHT_RELR, SHF_ALLOC);
  edit.addedSections.back().header.entrySize = image.wordSize();
}

void ImageWriter::addShadows() {
  const uint64_t mainSize = tables.main.size() * entrySize();
  const uint64_t shadow =
      requests[MainShadow].size ? at(MainShadow) : mainAddress + mainSize;
  if (shadowSizeOf(image.relocationTable, mainSize) && shadow > mainAddress)
    addShadow(edit, image.relocationTable, image.relocations, shadow);
}

/// Sections are known by their names.
Error ImageWriter::checkNewNames() const {
  for (const AddedSection &added : edit.addedSections)
    for (auto [index, section] : enumerate(image.sections))
      if (image.name(section) == added.name)
        return error("{0} has the name of a new section",
                     image.describe(index));
  return Error::success();
}

Error ImageWriter::run() {
  if (Error e = checkTableReferences())
    return e;
  if (Error e = measure())
    return e;
  // The end of the segment before wants the same bytes.
  if (plan.relroBegin)
    lowerRelro(image, *plan.relroBegin, edit);
  if (Error e = makeRoomForAll())
    return e;
  // Every address is known; nothing moves from here on.
  writeCode();
  writeWords();
  if (Error e = writeTables())
    return e;
  const ByteVector note = makeNote();
  const uint64_t noteAddress = at(Note) + oldNotes.size;
  edit.write(noteAddress, note);
  setDynamicTags();
  addSections();
  if (Error e = checkNewNames())
    return e;
  addShadows();
  if (Error e = edit.layout())
    return e;
  // Debug symbols of what a linker has just made are not apart yet.
  if (!config.linked && !image.sections.empty())
    addOldSections(edit);
  // Every offset is known, and which bytes of the old file are in the new one.
  if (config.undoRecord && !image.sections.empty()) {
    auto undo = makeUndoSection(image.bytes, edit.oldRanges());
    if (!undo)
      return undo.takeError();
    edit.addedSections.push_back(std::move(*undo));
  }
  if (Error e = edit.finish())
    return e;
  if (!config.linked)
    writeHash(noteAddress, note);
  else if (config.renewBuildId)
    renewBuildId(edit);
  return Error::success();
}

void ImageWriter::writeHash(uint64_t noteAddress, Bytes note) {
  const uint64_t begin =
      image.segmentTableOffset + image.programHeadersSize(edit.segments.size());
  const Extents extents = edit.extents();
  const std::string hash =
      contentHash(extents.list(), edit.placedSegments(), begin);
  edit.write(noteAddress + hashOffsetInNote(note), arrayRefFromStringRef(hash));
}

Error writeImage(const ImagePlan &plan, const Config &config, ImageEdit &edit,
                 bool &lacksRoom) {
  ImageWriter writer(edit.image, plan, edit, config);
  Error e = writer.run();
  lacksRoom = writer.lacksRoom;
  return e;
}

} // namespace objprelink
