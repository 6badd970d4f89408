//===- VerifyOldSections.cpp - what joins separate debug symbols ----------===//
//
// elfutils looks for the sections of a file of debug symbols in the list of
// .gnu.prelink_undo, and for each section of that list in the image. This file
// checks that each old header is in the list as it was, that each header of the
// list has one of its own in the image by the rules of eu-unstrip, and that
// both have the same highest end, by which libdwfl tells how far apart the two
// files are.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/VerifyOldSections.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
template <class ELFT> class ListCheck {
public:
  using Ehdr = typename ELFT::Ehdr;
  using Shdr = typename ELFT::Shdr;

  ListCheck(const Comparison &c, ArrayRef<uint32_t> indexAfter,
            const std::vector<bool> &isOld)
      : c(c), indexAfter(indexAfter), isOld(isOld),
        isTaken(c.after.sections.size()) {}
  Error run(const Section &list);

private:
  Error readHeaders(Bytes contents);
  bool isSame(const Shdr &listed, const Section &section) const;
  Error checkOld();
  Error checkNew();
  bool takePartner(const Shdr &listed);
  StringRef name(const Shdr &listed) const {
    Section section;
    section.nameOffset = listed.sh_name;
    return c.after.name(section);
  }

  const Comparison &c;
  const ArrayRef<uint32_t> indexAfter;
  const std::vector<bool> &isOld;
  ArrayRef<Shdr> rest, all;
  std::vector<bool> isTaken;
};
} // namespace

template <class ELFT> Error ListCheck<ELFT>::readHeaders(Bytes contents) {
  const uint64_t segments =
      c.before.segments.size() * sizeof(typename ELFT::Phdr);
  if (contents.size() < sizeof(Ehdr) + segments)
    return error("{0:x} bytes are too few for the old headers",
                 contents.size());
  Ehdr due = *reinterpret_cast<const Ehdr *>(c.before.bytes.data());
  const auto &header = *reinterpret_cast<const Ehdr *>(contents.data());
  due.e_shnum = header.e_shnum;
  if (std::memcmp(&header, &due, sizeof(due)))
    return error("the ELF header is not that before");
  if (contents.slice(sizeof(Ehdr), segments) !=
      c.before.bytes.slice(c.before.segmentTableOffset, segments))
    return error("the program headers are not those before");
  const Bytes table = contents.drop_front(sizeof(Ehdr) + segments);
  if (!header.e_shnum || table.size() != (header.e_shnum - 1) * sizeof(Shdr))
    return error("{0:x} bytes of section headers, and e_shnum is {1}",
                 table.size(), uint32_t(header.e_shnum));
  all = rest = ArrayRef(reinterpret_cast<const Shdr *>(table.data()),
                        header.e_shnum - 1);
  // The names are those of the new file.
  const Section &names = c.after.sections[c.after.sectionNamesIndex];
  for (auto [index, listed] : enumerate(all))
    if (listed.sh_name >= names.size)
      return error("header {0}: name offset {1:x} is past the end of the names",
                   index + 1, uint32_t(listed.sh_name));
  return Error::success();
}

template <class ELFT>
bool ListCheck<ELFT>::isSame(const Shdr &listed, const Section &section) const {
  // objcopy drops the flag in files of debug symbols.
  const uint64_t other = listed.sh_flags ^ section.flags;
  return !(other & ~uint64_t(SHF_INFO_LINK)) &&
         listed.sh_addr == section.address && listed.sh_size == section.size;
}

/// A section of the new file that is what \p listed says, by the rules of
/// eu-unstrip (src/unstrip.c, find_alloc_sections_prelink), if no other one has
/// it.
template <class ELFT> bool ListCheck<ELFT>::takePartner(const Shdr &listed) {
  for (auto [index, now] : enumerate(c.after.sections)) {
    if (isTaken[index] || now.nameOffset != listed.sh_name ||
        now.type != listed.sh_type || now.flags != listed.sh_flags ||
        now.size != listed.sh_size || now.alignment != listed.sh_addralign ||
        now.entrySize != listed.sh_entsize)
      continue;
    isTaken[index] = true;
    return true;
  }
  return false;
}

template <class ELFT> Error ListCheck<ELFT>::checkOld() {
  for (auto [index, old] : enumerate(c.before.sections)) {
    if (!(old.flags & SHF_ALLOC))
      continue;
    if (rest.empty() || !isSame(rest.front(), old) ||
        name(rest.front()) != c.before.name(old))
      return error("{0} is missing", c.before.describe(index));
    // eu-unstrip refuses what has another size and no shadow.
    if (!takePartner(rest.front()) &&
        c.after.sections[indexAfter[index]].size == old.size)
      return error("{0} has no equal", c.before.describe(index));
    rest = rest.drop_front();
  }
  return Error::success();
}

/// The rest are the new ones, in any order.
template <class ELFT> Error ListCheck<ELFT>::checkNew() {
  for (const Shdr &listed : rest)
    if (!takePartner(listed))
      return error("{0} is neither an old section nor a new one", name(listed));
  for (auto [index, now] : enumerate(c.after.sections)) {
    if (isOld[index] || !(now.flags & SHF_ALLOC) || isShadow(c, index))
      continue;
    if (none_of(rest, [&](const Shdr &listed) {
          return listed.sh_name == now.nameOffset && isSame(listed, now);
        }))
      return error("{0} is missing", c.after.describe(index));
  }
  return Error::success();
}

template <class ELFT> Error ListCheck<ELFT>::run(const Section &list) {
  if (Error e = readHeaders(c.after.bytes.slice(list.offset, list.size)))
    return e;
  if (Error e = checkOld())
    return e;
  return checkNew();
}

/// Whether \p now has the name, the kind and the size that the table \p old
/// had.
static bool hasFormOf(const Comparison &c, const Section &now,
                      const Section &old) {
  return now.type == old.type && now.size == old.size &&
         now.flags == (old.flags & ~uint64_t(SHF_INFO_LINK)) &&
         now.alignment == old.alignment && now.entrySize == old.entrySize &&
         c.before.name(old) == c.after.name(now);
}

bool isShadow(const Comparison &c, uint32_t number) {
  const Section &now = c.after.sections[number];
  return now.isRelocations() &&
         any_of(c.before.sections,
                [&](const Section &old) { return hasFormOf(c, now, old); });
}

template <class Rel>
static bool saysNothing(const Comparison &c, const Section &table) {
  const uint32_t due =
      c.after.is64 ? uint32_t(R_X86_64_32) : uint32_t(R_386_PC32);
  const ArrayRef entries(
      reinterpret_cast<const Rel *>(c.after.bytes.data() + table.offset),
      table.size / sizeof(Rel));
  return all_of(entries, [&](const Rel &entry) {
    return entry.getType(false) == due && !entry.getSymbol(false);
  });
}

/// Whether all relocations are of a type that linkers give no image and name
/// nothing.
static bool saysNothing(const Comparison &c, const Section &table) {
  return c.after.is64 ? saysNothing<object::ELF64LE::Rela>(c, table)
                      : saysNothing<object::ELF32LE::Rel>(c, table);
}

/// What has the name of a table must not be found before the table.
static Error checkShadow(const Comparison &c, ArrayRef<uint32_t> indexAfter,
                         uint32_t number) {
  const Section &now = c.after.sections[number];
  for (auto [index, old] : enumerate(c.before.sections)) {
    const Section &live = c.after.sections[indexAfter[index]];
    if (!hasFormOf(c, now, old) || live.size == old.size)
      continue;
    if (number < indexAfter[index] || now.offset <= live.offset)
      return error("{0} is before the table of its name",
                   c.after.describe(number));
    if (!saysNothing(c, now))
      return error("{0} has relocations that are not in use",
                   c.after.describe(number));
    return Error::success();
  }
  return error("{0} is new", c.after.describe(number));
}

Error checkOldSections(const Comparison &c, ArrayRef<uint32_t> indexAfter,
                       const std::vector<bool> &isOld) {
  for (auto [index, now] : enumerate(c.after.sections)) {
    if (isOld[index])
      continue;
    if (isShadow(c, index))
      if (Error e = checkShadow(c, indexAfter, index))
        return e;
    if (c.after.name(now) != ".gnu.prelink_undo")
      continue;
    if (Error e =
            c.before.is64
                ? ListCheck<object::ELF64LE>(c, indexAfter, isOld).run(now)
                : ListCheck<object::ELF32LE>(c, indexAfter, isOld).run(now))
      return inContext(c.after.describe(index), std::move(e));
  }
  return Error::success();
}

} // namespace objprelink
