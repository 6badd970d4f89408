//===- VerifyDynamic.cpp - dynamic tables, symbols and versions -----------===//
//
// The entries of both dynamic tables are equal and in the same order, except
// those that say where tables are: for these, the tables themselves are
// compared.
//
//===----------------------------------------------------------------------===//

#include "ELF/Relocations.h"
#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELF.h"
#include <tuple>

using namespace llvm;
using namespace llvm::ELF;
using support::endian::read32le;

namespace objprelink {

static constexpr StringLiteral kRelrVersion("GLIBC_ABI_DT_RELR");
static constexpr StringLiteral kLibc("libc.so.6");

/// Tags whose values are compared by what they mean.
static constexpr int64_t kTagsOfTables[] = {
    DT_RELA,     DT_RELASZ,   DT_RELAENT, DT_RELACOUNT, DT_REL,     DT_RELSZ,
    DT_RELENT,   DT_RELCOUNT, DT_JMPREL,  DT_PLTRELSZ,  DT_PLTREL,  DT_PLTGOT,
    DT_GNU_HASH, DT_HASH,     DT_RELR,    DT_RELRSZ,    DT_RELRENT, DT_STRTAB,
    DT_STRSZ,    DT_VERNEED,  DT_SYMTAB,  DT_VERSYM,    DT_FLAGS,   DT_FLAGS_1,
    DT_BIND_NOW, DT_TEXTREL};

/// DT_X86_64_PLT, DT_X86_64_PLTSZ and DT_X86_64_PLTENT: with them glibc 2.39
/// may write a jump to where the addend of each JUMP_SLOT leads
/// (x86_64_rewrite_plt in sysdeps/x86_64/dl-machine.h).
static constexpr int64_t kTagsOfPlt[] = {DT_LOPROC, DT_LOPROC + 1,
                                         DT_LOPROC + 3};

namespace {
class DynamicComparison {
public:
  explicit DynamicComparison(const Comparison &c)
      : c(c), before(c.before), after(c.after), note(c.note) {}
  Error run();

private:
  Error compareOrder();
  Error compareFlags();
  Error compareFlags(int64_t tag, uint64_t mayClear, uint64_t maySet);
  Error comparePresence(int64_t tag, StringRef option, bool mayAppear,
                        bool mayVanish);
  bool hasNewPltRelocation() const;
  Error checkPltRewriting() const;
  Error comparePltGot();
  Error compareHash(int64_t tag);
  Error checkRelativeCount();
  Error checkProtection();

  const Comparison &c;
  const Image &before;
  const Image &after;
  const FoundNote &note;
};
} // namespace

Error DynamicComparison::compareOrder() {
  const bool dropsPlt = before.is64 && hasNewPltRelocation();
  const auto rest = [&](const Image &image) {
    return make_filter_range(image.dynamic, [&](const DynamicEntry &entry) {
      return !is_contained(kTagsOfTables, entry.tag) &&
             !(dropsPlt && is_contained(kTagsOfPlt, entry.tag));
    });
  };
  const auto olds = rest(before), nows = rest(after);
  auto old = olds.begin();
  auto now = nows.begin();
  for (; old != olds.end() && now != nows.end(); ++old, ++now) {
    if (old->tag != now->tag)
      return error("{0} {1:x} stands where {2} {3:x} was",
                   dynamicTagName(now->tag), now->value,
                   dynamicTagName(old->tag), old->value);
    if (old->value != now->value)
      return error("{0} is {1:x} and was {2:x}", dynamicTagName(now->tag),
                   now->value, old->value);
  }
  if (old != olds.end())
    return error("{0} {1:x} is missing", dynamicTagName(old->tag), old->value);
  if (now != nows.end())
    return error("{0} {1:x} is new", dynamicTagName(now->tag), now->value);
  return Error::success();
}

Error DynamicComparison::comparePresence(int64_t tag, StringRef option,
                                         bool mayAppear, bool mayVanish) {
  const bool was = before.dynamicValue(tag).has_value();
  const bool is = after.dynamicValue(tag).has_value();
  if (is && !was && !(mayAppear && note.has(option)))
    return error("{0} is new", dynamicTagName(tag));
  if (was && !is && !(mayVanish && note.has(option)))
    return error("{0} is missing", dynamicTagName(tag));
  return Error::success();
}

Error DynamicComparison::compareFlags(int64_t tag, uint64_t mayClear,
                                      uint64_t maySet) {
  const uint64_t was = before.dynamicValue(tag).value_or(0);
  const uint64_t is = after.dynamicValue(tag).value_or(0);
  if ((was & ~is & ~mayClear) || (is & ~was & ~maySet))
    return error("{0} is {1:x} and was {2:x}", dynamicTagName(tag), is, was);
  return Error::success();
}

Error DynamicComparison::compareFlags() {
  const bool mayUnbind = note.has(noteoption::kOverrideBindNow);
  const bool mayTouchText = note.has(noteoption::kAbsolutePlt);
  if (Error e = compareFlags(DT_FLAGS, mayUnbind ? DF_BIND_NOW : 0,
                             mayTouchText ? DF_TEXTREL : 0))
    return e;
  if (Error e = compareFlags(DT_FLAGS_1, mayUnbind ? DF_1_NOW : 0, 0))
    return e;
  if (Error e = comparePresence(DT_BIND_NOW, noteoption::kOverrideBindNow,
                                /*mayAppear=*/false, /*mayVanish=*/true))
    return e;
  return comparePresence(DT_TEXTREL, noteoption::kAbsolutePlt,
                         /*mayAppear=*/true, /*mayVanish=*/false);
}

bool DynamicComparison::hasNewPltRelocation() const {
  const auto isSamePlace = [](const Relocation &old, const Relocation &now) {
    return old.offset == now.offset;
  };
  if (llvm::equal(before.pltRelocations, after.pltRelocations, isSamePlace))
    return false;
  DenseSet<uint64_t> places;
  for (const Relocation &old : before.pltRelocations)
    places.insert(old.offset);
  return any_of(after.pltRelocations, [&](const Relocation &now) {
    return now.type == c.machine.jumpSlot && !places.contains(now.offset);
  });
}

/// What is written to is a PLT that OLD had.
Error DynamicComparison::checkPltRewriting() const {
  if (!before.is64 || !hasNewPltRelocation())
    return Error::success();
  for (int64_t tag : kTagsOfPlt)
    if (after.dynamicValue(tag))
      return error("{0}: a new JUMP_SLOT is of no entry of that PLT",
                   dynamicTagName(tag));
  return Error::success();
}

/// ld.so writes to the second and third word (elf_machine_runtime_setup), and
/// takes what the second one holds for the mark of prelink.
Error DynamicComparison::comparePltGot() {
  const std::optional<uint64_t> was = before.dynamicValue(DT_PLTGOT);
  const std::optional<uint64_t> is = after.dynamicValue(DT_PLTGOT);
  if (was == is)
    return Error::success();
  if (!is)
    return error("DT_PLTGOT is missing");
  // Nobody looks there who has nothing to bind.
  if (was && !note.has(noteoption::kOverrideBindNow) &&
      !before.pltRelocations.empty())
    return error("DT_PLTGOT is {0:x} and was {1:x}", *is, *was);
  const unsigned wordSize = c.machine.wordSize;
  if (!c.hasFlags(*is, 3 * wordSize, PF_W, 0) || after.relro.contains(*is) ||
      after.relro.contains(*is + 3 * wordSize - 1))
    return error("DT_PLTGOT: {0:x} is not in memory that stays writable", *is);
  for (uint64_t word : {*is + wordSize, *is + 2 * wordSize})
    if (c.wordAfter(word).value_or(0))
      return error("DT_PLTGOT: the word at {0:x} is not zero", word);
  return Error::success();
}

Error DynamicComparison::compareHash(int64_t tag) {
  const auto table = tag == DT_HASH ? &Image::hashTable : &Image::gnuHashTable;
  const AddressRange was = before.*table, is = after.*table;
  const std::optional<uint64_t> address = after.dynamicValue(tag);
  if (address.has_value() != before.dynamicValue(tag).has_value())
    return error("{0} is {1}", dynamicTagName(tag),
                 address ? "new" : "missing");
  if (was.size != is.size || before.contentsAt(was.address, was.size) !=
                                 after.contentsAt(is.address, is.size))
    return error("{0}: the table at {1:x} is not that at {2:x} before",
                 dynamicTagName(tag), is.address, was.address);
  return Error::success();
}

/// ld.so does not look at the types of as many (elf_dynamic_do_Rel).
Error DynamicComparison::checkRelativeCount() {
  for (int64_t tag : {DT_RELACOUNT, DT_RELCOUNT}) {
    const uint64_t count = after.dynamicValue(tag).value_or(0);
    const auto end =
        find_if(after.relocations, [&](const Relocation &relocation) {
          return relocation.type != c.machine.relative;
        });
    const uint64_t run = end - after.relocations.begin();
    if (count > run)
      return error("{0} is {1}, but the table begins with {2} RELATIVE ones",
                   dynamicTagName(tag), count, run);
  }
  return Error::success();
}

/// What nothing could write to must stay so.
Error DynamicComparison::checkProtection() {
  const auto isWritable = [](const Image &image, uint64_t address) {
    const Segment *segment = image.segmentAt(address);
    return segment && (segment->flags & PF_W);
  };
  for (int64_t tag : {DT_RELA, DT_REL, DT_JMPREL, DT_RELR, DT_STRTAB,
                      DT_VERNEED, DT_HASH, DT_GNU_HASH}) {
    const std::optional<uint64_t> is = after.dynamicValue(tag);
    const std::optional<uint64_t> was = before.dynamicValue(tag);
    if (is && isWritable(after, *is) && !(was && isWritable(before, *was)))
      return error("{0}: {1:x} is in writable memory", dynamicTagName(tag),
                   *is);
  }
  return Error::success();
}

Error DynamicComparison::run() {
  if (Error e = compareOrder())
    return e;
  if (Error e = compareFlags())
    return e;
  if (Error e = checkPltRewriting())
    return e;
  if (Error e = comparePltGot())
    return e;
  for (int64_t tag : {DT_HASH, DT_GNU_HASH})
    if (Error e = compareHash(tag))
      return e;
  // Tools that look for tables may not find them empty.
  if (!before.relocations.empty() && after.hasAddends != before.hasAddends)
    return error("the relocation tables are of another type");
  if (after.dynamicValue(DT_RELR) && !before.dynamicValue(DT_RELR) &&
      !note.has(noteoption::kPackRelr))
    return error("DT_RELR is new");
  if (Error e = checkRelativeCount())
    return e;
  return checkProtection();
}

Error compareDynamicTables(Comparison &c) {
  return DynamicComparison(c).run();
}

/// Whoever counts the entries of .plt and does not stop at DT_NULL must count
/// no more relocations than there are entries, if there is room to say so.
Error checkCountedPlt(const Comparison &c) {
  const uint64_t room = c.after.dynamicRange.size / (2 * c.after.wordSize());
  if (!c.after.countedPltSize && c.after.dynamic.size() + 2 > room)
    return Error::success();
  const uint64_t entrySize = nativeRelocationSize(c.after.is64);
  const uint64_t counted = c.numberedRelocations * entrySize;
  const uint64_t is =
      c.after.countedPltSize.value_or(c.after.pltRelocationTable.size);
  if (is != (c.hasPltSection() ? counted : c.after.pltRelocationTable.size))
    return error("{0:x} bytes of DT_JMPREL are for the entries of .plt, which "
                 "has {1:x}",
                 is, counted);
  return Error::success();
}

namespace {
/// One Vernaux with the name of its library.
struct Need {
  StringRef library, version;
  uint32_t hash;
  uint16_t flags, index;

  bool operator==(const Need &other) const {
    return std::tie(library, version, hash, flags, index) ==
           std::tie(other.library, other.version, other.hash, other.flags,
                    other.index);
  }
};
} // namespace

/// All of DT_VERNEED, whose links readImage has followed.
static std::vector<Need> readNeeds(const Image &image) {
  using Verneed = object::ELF64LE::Verneed;
  using Vernaux = object::ELF64LE::Vernaux;
  std::vector<Need> out;
  const AddressRange &range = image.neededVersionTable;
  const Bytes table = image.contentsAt(range.address, range.size);
  uint64_t at = 0;
  while (at < table.size()) {
    const auto &need = *reinterpret_cast<const Verneed *>(table.data() + at);
    uint64_t aux = at + need.vn_aux;
    for (unsigned left = need.vn_cnt; left; --left) {
      const auto &entry =
          *reinterpret_cast<const Vernaux *>(table.data() + aux);
      out.push_back({image.string(need.vn_file), image.string(entry.vna_name),
                     entry.vna_hash, entry.vna_flags, entry.vna_other});
      aux += entry.vna_next;
    }
    if (!need.vn_next)
      break;
    at += need.vn_next;
  }
  return out;
}

/// Whether \p now, the first new one if \p isFirst, is the one need that
/// packing adds.
static Error checkNewNeed(const Comparison &c, const Need &now, bool isFirst) {
  if (!isFirst || !c.note.has(noteoption::kPackRelr) || now.library != kLibc ||
      now.version != kRelrVersion)
    return error("DT_VERNEED: version {0} of {1} is new", now.version,
                 now.library);
  if (now.hash != object::hashSysV(now.version) || now.flags)
    return error("DT_VERNEED: {0}: hash {1:x}, flags {2:x}", now.version,
                 now.hash, now.flags);
  return Error::success();
}

static Error compareNeeds(const Comparison &c) {
  const std::vector<Need> olds = readNeeds(c.before), nows = readNeeds(c.after);
  size_t index = 0;
  bool hasNew = false;
  for (const Need &now : nows) {
    if (index < olds.size() && olds[index] == now) {
      ++index;
      continue;
    }
    if (Error e = checkNewNeed(c, now, !std::exchange(hasNew, true)))
      return e;
  }
  if (index != olds.size())
    return error("DT_VERNEED: version {0} of {1} is missing",
                 olds[index].version, olds[index].library);

  // glibc, elf/dl-version.c, from 2.36 on: without it the file is refused.
  const bool needsLibc = any_of(c.after.dynamic, [&](const DynamicEntry &e) {
    return e.tag == DT_NEEDED && c.after.string(e.value) == kLibc;
  });
  const bool hasNeed = any_of(nows, [](const Need &need) {
    return need.library == kLibc && need.version == kRelrVersion;
  });
  if (c.after.dynamicValue(DT_RELR) && !c.before.dynamicValue(DT_RELR) &&
      needsLibc && !hasNeed)
    return error("there is a DT_RELR, but no need for {0}", kRelrVersion);
  return Error::success();
}

static Error compareTable(const Comparison &c, StringRef name,
                          const AddressRange &was, const AddressRange &is) {
  if (was.size != is.size)
    return error("{0}: {1:x} bytes were {2:x}", name, is.size, was.size);
  if (!c.copies.same(c.before.contentsAt(was.address, was.size),
                     c.after.contentsAt(is.address, is.size)))
    return error("{0}: the table at {1:x} is not that at {2:x} before", name,
                 is.address, was.address);
  return Error::success();
}

Error compareSymbolsAndVersions(const Comparison &c) {
  const Image &before = c.before, &after = c.after;
  if (Error e =
          compareTable(c, "DT_SYMTAB", before.symbolTable, after.symbolTable))
    return e;
  if (Error e =
          compareTable(c, "DT_VERSYM", before.versionTable, after.versionTable))
    return e;
  const StringRef was = toStringRef(before.strings);
  const StringRef is = toStringRef(after.strings);
  const bool isPacked = c.note.has(noteoption::kPackRelr) &&
                        is.size() == was.size() + kRelrVersion.size() + 1 &&
                        is.drop_front(was.size()).starts_with(kRelrVersion);
  if (!c.copies.same(before.strings, isPacked
                                         ? after.strings.take_front(was.size())
                                         : after.strings))
    return error("DT_STRTAB: {0:x} bytes at {1:x} are not the {2:x} at {3:x} "
                 "before",
                 is.size(), after.stringTable.address, was.size(),
                 before.stringTable.address);
  if (Error e = compareNeeds(c))
    return e;
  // Its place is that of the dynamic table, its contents are compared here
  // because nothing says how long the table is.
  const auto same = [](const DefinedVersion &a, const DefinedVersion &b) {
    return a.name == b.name && a.index == b.index && a.isBase == b.isBase;
  };
  if (!std::equal(before.definedVersions.begin(), before.definedVersions.end(),
                  after.definedVersions.begin(), after.definedVersions.end(),
                  same))
    return error("DT_VERDEF: the versions are not those before");
  return Error::success();
}

} // namespace objprelink
