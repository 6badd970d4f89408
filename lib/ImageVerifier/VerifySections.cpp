//===- VerifySections.cpp - section headers of two images -----------------===//
//
// Running programs do not read section headers, but debuggers, strip and the
// next tool do. Each old section has its equal, in agreement with the segments,
// and a section in no segment has the same bytes. Tables, in which no symbol
// is, and sections that are not loaded may have other indices, if everything
// that names them by index has followed.
//
//===----------------------------------------------------------------------===//

#include "ELF/Relocations.h"
#include "ImageVerifier/VerifyOldSections.h"
#include "ImageVerifier/VerifySymbols.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
struct NewSectionKind {
  StringLiteral name;
  uint32_t type;
  uint64_t flags;
};

class SectionComparison {
public:
  explicit SectionComparison(const Comparison &c)
      : c(c), before(c.before), after(c.after) {}
  Error run();

private:
  Error compare(uint32_t index);
  Error compareHeader(uint32_t index);
  Error compareAllocated(uint32_t index);
  Error compareOther(uint32_t index);
  Error checkTables();
  Error checkNew(uint32_t index);
  Error checkPlace(uint32_t index);
  Error matchSections();
  bool isSameNote(const Section &old, const Section &now) const;
  bool mayMove(const Section &section) const;
  const Section &nowOf(uint32_t index) const {
    return after.sections[indexAfter[index]];
  }

  const Comparison &c;
  const Image &before;
  const Image &after;
  /// Of each old section, and whether each new index is an old section's.
  std::vector<uint32_t> indexAfter;
  std::vector<bool> isOld;
  /// What .symtab has more than before.
  AddedSymbols added;
  SmallVector<StringRef> newNames;
};
} // namespace

/// Where notes were added.
static constexpr NewSectionKind kNoteSections[] = {
    {".note.dlopen", SHT_NOTE, SHF_ALLOC},
    {".objprelink.notes", SHT_PROGBITS, 0},
    {".gnu.prelink_undo", SHT_PROGBITS, 0},
};
static constexpr NewSectionKind kNewSections[] = {
    {".plt.bnd", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR},
    {".text.objprelink", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR},
    {".relr.objprelink", SHT_PROGBITS, SHF_ALLOC},
    {".got.objprelink", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE},
    {".got.objprelink.relro", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE},
    {".note.objprelink", SHT_NOTE, SHF_ALLOC},
    {".objprelink.undo", SHT_PROGBITS, 0},
    {".gnu.prelink_undo", SHT_PROGBITS, 0},
    {".relr.dyn", SHT_RELR, SHF_ALLOC},
    {".rela.dyn", SHT_RELA, SHF_ALLOC},
    {".rel.dyn", SHT_REL, SHF_ALLOC},
    {".rela.objprelink", SHT_RELA, SHF_ALLOC},
    {".rel.objprelink", SHT_REL, SHF_ALLOC},
};

/// The section names the segment's file contents at its address.
Error SectionComparison::checkPlace(uint32_t index) {
  const Section &now = after.sections[index];
  if (!(now.flags & SHF_ALLOC) || !now.hasBytes() || !now.size)
    return Error::success();
  const Bytes contents = after.contentsAt(now.address, now.size);
  if (contents.empty() ||
      uint64_t(contents.data() - after.bytes.data()) != now.offset)
    return error("{0}: offset {1:x} is not that of address {2:x}",
                 after.describe(index), now.offset, now.address);
  return Error::success();
}

/// Whether what it held may be elsewhere now.
bool SectionComparison::mayMove(const Section &section) const {
  return section.size && c.freed.covers(section.address, section.size);
}

Error SectionComparison::compareHeader(uint32_t index) {
  const Section &old = before.sections[index], &now = nowOf(index);
  const auto refuse = [&](StringRef what, uint64_t is, uint64_t was) {
    return error("{0}: {1} {2:x} was {3:x}", before.describe(index), what, is,
                 was);
  };
  // Zeros that are in the file now.
  const bool isWritten = old.type == SHT_NOBITS && now.type == SHT_PROGBITS &&
                         (old.flags & SHF_WRITE) && !(old.flags & SHF_TLS);
  if (now.type != old.type && !isWritten)
    return refuse("type", now.type, old.type);
  if (now.flags != old.flags)
    return refuse("flags", now.flags, old.flags);
  const auto followed = [&](uint32_t link) {
    return link < indexAfter.size() ? indexAfter[link] : link;
  };
  if (now.link != followed(old.link))
    return refuse("link", now.link, old.link);
  const bool isLink = (old.flags & SHF_INFO_LINK) || old.isRelocations();
  const uint32_t info = isLink                 ? followed(old.info)
                        : index == added.table ? old.info + added.count
                                               : old.info;
  if (now.info != info)
    return refuse("info", now.info, old.info);
  if (now.alignment != old.alignment)
    return refuse("alignment", now.alignment, old.alignment);
  if (now.entrySize != old.entrySize)
    return refuse("entry size", now.entrySize, old.entrySize);
  return Error::success();
}

Error SectionComparison::compareAllocated(uint32_t index) {
  const Section &old = before.sections[index], &now = nowOf(index);
  // Tables are checked against what the dynamic table says of them.
  if (!mayMove(old) && (now.address != old.address || now.size != old.size))
    return error("{0}: {1:x} bytes at {2:x} were {3:x} at {4:x}",
                 before.describe(index), now.size, now.address, old.size,
                 old.address);
  const Bytes was = before.contentsAt(old.address, old.size);
  const bool wasRight =
      !was.empty() && uint64_t(was.data() - before.bytes.data()) == old.offset;
  return wasRight || mayMove(old) ? checkPlace(indexAfter[index])
                                  : Error::success();
}

Error SectionComparison::compareOther(uint32_t index) {
  const Section &old = before.sections[index], &now = nowOf(index);
  if (now.address != old.address)
    return error("{0}: address {1:x} was {2:x}", before.describe(index),
                 now.address, old.address);
  if (!old.hasBytes())
    return now.size == old.size
               ? Error::success()
               : error("{0}: size {1:x} was {2:x}", before.describe(index),
                       now.size, old.size);
  const Bytes was = before.bytes.slice(old.offset, old.size);
  Bytes is = after.bytes.slice(now.offset, now.size);
  // Names of new sections and symbols follow the old ones.
  if (index == before.sectionNamesIndex || index == added.names)
    is = is.take_front(was.size());
  if (c.copies.same(was, is))
    return Error::success();
  // What is no whole entry has no meaning that it could keep.
  const uint64_t entry = entrySize(before, old.type);
  const uint64_t rest = entry ? old.size % entry : 0;
  const bool isTable = entry && was.take_back(rest) == is.take_back(rest);
  if (isTable && old.type == SHT_SYMTAB)
    return compareSymbols(c, index, indexAfter, isOld, added);
  if (isTable && added.count && old.link == added.table)
    return compareSymbolIndices(c, index, now, added);
  return error("the contents of {0} changed", before.describe(index));
}

bool SectionComparison::isSameNote(const Section &old,
                                   const Section &now) const {
  return now.type == SHT_NOTE && before.bytes.slice(old.offset, old.size) ==
                                     after.bytes.slice(now.offset, now.size);
}

/// Finds each old section's equal by name, those of one name in their order,
/// notes by what they say.
Error SectionComparison::matchSections() {
  DenseMap<StringRef, SmallVector<uint32_t, 1>> byName;
  for (uint32_t index = after.sections.size(); index-- > 1;)
    byName[after.name(after.sections[index])].push_back(index);
  indexAfter.assign(before.sections.size(), 0);
  isOld.assign(after.sections.size(), false);
  isOld[0] = true;
  std::vector<bool> hasSymbol(before.sections.size());
  for (const DynamicSymbol &symbol : before.symbols)
    if (symbol.section < hasSymbol.size())
      hasSymbol[symbol.section] = true;
  for (uint32_t index = 1; index < before.sections.size(); ++index) {
    const Section &old = before.sections[index];
    auto &found = byName[before.name(old)];
    if (found.empty())
      return error("{0} is missing", before.describe(index));
    if (old.type == SHT_NOTE) {
      const auto same = find_if(reverse(found), [&](uint32_t other) {
        return isSameNote(old, after.sections[other]);
      });
      if (same != found.rend())
        std::rotate(std::prev(same.base()), same.base(), found.end());
    }
    indexAfter[index] = found.pop_back_val();
    isOld[indexAfter[index]] = true;
    const Segment *interpreter = findSegment(before, PT_INTERP);
    const bool isTable =
        (interpreter && interpreter->address == old.address) ||
        is_contained({SHT_NOTE, SHT_HASH, SHT_GNU_HASH, SHT_DYNSYM, SHT_STRTAB,
                      SHT_GNU_versym, SHT_GNU_verneed, SHT_GNU_verdef, SHT_RELA,
                      SHT_REL, SHT_RELR},
                     old.type);
    if ((old.flags & SHF_ALLOC) && indexAfter[index] != index &&
        (hasSymbol[index] || !isTable))
      return error("{0} has index {1}, and symbols name it by its old one",
                   before.describe(index), indexAfter[index]);
  }
  return Error::success();
}

Error SectionComparison::compare(uint32_t index) {
  // Header 0 holds counts that do not fit the ELF header.
  if (!index)
    return Error::success();
  if (Error e = compareHeader(index))
    return e;
  return before.sections[index].flags & SHF_ALLOC ? compareAllocated(index)
                                                  : compareOther(index);
}

/// What is counted together with the entries of .plt: the relocations of
/// DT_JMPREL that are still in their old places.
static AddressRange numberedTable(const Comparison &c) {
  AddressRange out = c.after.pltRelocationTable;
  out.size = c.numberedRelocations * nativeRelocationSize(c.after.is64);
  return out;
}

/// Headers that were those of tables are so still.
Error SectionComparison::checkTables() {
  const std::pair<AddressRange, AddressRange> tables[] = {
      {before.relocationTable, after.relocationTable},
      {before.pltRelocationTable, numberedTable(c)},
      {before.relrTable, after.relrTable},
      {before.stringTable, after.stringTable},
      {before.neededVersionTable, after.neededVersionTable},
      {before.hashTable, after.hashTable},
      {before.gnuHashTable, after.gnuHashTable}};
  for (auto [index, old] : enumerate(before.sections)) {
    const Section &now = nowOf(index);
    if (!(old.flags & SHF_ALLOC) || old.type == SHT_NOBITS)
      continue;
    for (const auto &[was, is] : tables)
      if (!was.empty() && was.address == old.address && was.size == old.size &&
          is.address && (now.address != is.address || now.size != is.size))
        return error("{0}: {1:x} bytes at {2:x}, but the table is {3:x} at "
                     "{4:x}",
                     before.describe(index), now.size, now.address, is.size,
                     is.address);
  }
  return Error::success();
}

Error SectionComparison::checkNew(uint32_t index) {
  const Section &now = after.sections[index];
  const StringRef name = after.name(now);
  if (isShadow(c, index)) {
    if (!c.hasFlags(now.address, now.size, PF_R, 0))
      return error("{0}: no segment with its rights is at {1:x}",
                   after.describe(index), now.address);
    return checkPlace(index);
  }
  const ArrayRef<NewSectionKind> kinds =
      c.addedNote.empty() ? ArrayRef(kNewSections) : ArrayRef(kNoteSections);
  const auto *kind = find_if(
      kinds, [&](const NewSectionKind &kind) { return kind.name == name; });
  if (kind == kinds.end() || is_contained(newNames, name))
    return error("{0} is new", after.describe(index));
  newNames.push_back(name);
  if (now.type != kind->type || now.flags != kind->flags)
    return error("{0}: type {1:x}, flags {2:x}, where {3:x}, {4:x} are due",
                 after.describe(index), now.type, now.flags, kind->type,
                 kind->flags);
  if (!(now.flags & SHF_ALLOC))
    return Error::success();
  const uint32_t due = now.flags & SHF_EXECINSTR ? uint32_t(PF_X)
                       : now.flags & SHF_WRITE   ? uint32_t(PF_W)
                                                 : uint32_t(PF_R);
  if (now.size && !c.hasFlags(now.address, now.size, due, 0))
    return error("{0}: no segment with its rights is at {1:x}",
                 after.describe(index), now.address);
  return checkPlace(index);
}

Error SectionComparison::run() {
  if (before.sections.empty() != after.sections.empty())
    return error("section headers {0}",
                 after.sections.empty() ? "are missing" : "are new");
  if (before.sections.empty())
    return Error::success();
  if (Error e = matchSections())
    return e;
  if (Error e = findAddedSymbols(c, indexAfter, added))
    return e;
  if (after.sectionNamesIndex != indexAfter[before.sectionNamesIndex])
    return error("e_shstrndx {0} was {1}", after.sectionNamesIndex,
                 before.sectionNamesIndex);
  for (uint32_t index = 0; index < before.sections.size(); ++index)
    if (Error e = compare(index))
      return e;
  for (uint32_t index = 0; index < after.sections.size(); ++index)
    if (!isOld[index])
      if (Error e = checkNew(index))
        return e;
  // Readers of such notes look for this name.
  if (!c.addedNote.empty() && !is_contained(newNames, ".note.dlopen"))
    return error("no section has the new note at {0:x}", c.addedNote.address);
  if (Error e = checkOldSections(c, indexAfter, isOld))
    return e;
  return checkTables();
}

Error compareSections(const Comparison &c) {
  return SectionComparison(c).run();
}

} // namespace objprelink
