//===- VerifyLinkHeaders.cpp - headers of two links -----------------------===//
//
// The ELF header, the program headers, and the section headers but for what
// LinkAddresses.cpp has matched them by. The contents of segments are the
// sections in them, so that a segment is where it ought to be if it has the
// equals of the sections that it had.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/LinkParts.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"
#include <tuple>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static Error compareElfHeaders(const LinkPair &links) {
  using Header = object::ELF64LE::Ehdr;
  Header was = *reinterpret_cast<const Header *>(links.plain.bytes.data());
  const Header &is = *reinterpret_cast<const Header *>(links.now.bytes.data());
  if (was.e_entry ? !links.addresses.isSame(was.e_entry, is.e_entry)
                  : is.e_entry)
    return error("the entry is {0:x} and was {1:x}", uint64_t(is.e_entry),
                 uint64_t(was.e_entry));
  // The reader has checked those of tables, and names are compared.
  was.e_entry = is.e_entry;
  was.e_shstrndx = is.e_shstrndx;
  was.e_shoff = is.e_shoff;
  was.e_shnum = is.e_shnum;
  was.e_phoff = is.e_phoff;
  was.e_phnum = is.e_phnum;
  return std::memcmp(&was, &is, sizeof(was))
             ? error("the ELF header is not what it was")
             : Error::success();
}

/// Writable words bound at the first call may need a segment of their own, as
/// with any PLT, and the note one of its own.
static Error compareKinds(const LinkPair &links) {
  const auto kinds = [](const Image &image) {
    std::vector<std::tuple<uint32_t, uint32_t, uint64_t>> out;
    for (const Segment &segment : image.segments)
      out.emplace_back(segment.type, segment.flags, segment.alignment);
    sort(out);
    return out;
  };
  const auto olds = kinds(links.plain), nows = kinds(links.now);
  std::vector<std::tuple<uint32_t, uint32_t, uint64_t>> missing, added;
  std::set_difference(olds.begin(), olds.end(), nows.begin(), nows.end(),
                      std::back_inserter(missing));
  std::set_difference(nows.begin(), nows.end(), olds.begin(), olds.end(),
                      std::back_inserter(added));
  const auto isExpected = [](const auto &kind) {
    const auto &[type, flags, alignment] = kind;
    return (type == PT_NOTE && flags == PF_R) ||
           (type == PT_LOAD && flags == (PF_R | PF_W)) ||
           // Code that the plain image has none of, and RELRO for its words.
           (type == PT_LOAD && flags == (PF_R | PF_X)) || type == PT_GNU_RELRO;
  };
  if (!missing.empty() || !all_of(added, isExpected))
    return error("the program headers are not those before");
  return Error::success();
}

/// The segment of \p type that has all of \p section, or null.
static const Segment *segmentOf(const Image &image, const Section &section,
                                uint32_t type) {
  const auto found = find_if(image.segments, [&](const Segment &segment) {
    return segment.type == type && section.address >= segment.address &&
           section.address + section.size <= segment.addressEnd();
  });
  return found != image.segments.end() ? &*found : nullptr;
}

/// Whether \p section is in the file where \p segment says that its address is,
/// or nowhere.
static bool isLoaded(const Section &section, const Segment &segment) {
  const uint64_t inSegment = section.address - segment.address;
  if (!section.hasBytes())
    return inSegment >= segment.fileSize;
  return inSegment + section.size <= segment.fileSize &&
         section.offset == segment.offset + inSegment;
}

/// What a section has in memory, and which of the other segments it is in.
static Error compareSegmentsOf(const LinkPair &links, uint32_t index) {
  const Section &was = links.plain.sections[index];
  const Section &is = links.now.sections[links.addresses.indexNow(index)];
  if (!(was.flags & SHF_ALLOC) || !was.size || !is.size)
    return Error::success();
  const bool isTls = was.flags & SHF_TLS;
  const bool isOfThreads = isTls && !was.hasBytes();
  // What pads RELRO is as large as a page's rest.
  const bool isPadding = links.plain.name(was) == ".relro_padding";
  for (uint32_t type : {PT_LOAD, PT_TLS, PT_DYNAMIC, PT_INTERP, PT_NOTE,
                        PT_GNU_EH_FRAME, PT_GNU_RELRO, PT_GNU_PROPERTY}) {
    if (type == PT_TLS ? !isTls : isOfThreads || (isPadding && type != PT_LOAD))
      continue;
    const Segment *old = segmentOf(links.plain, was, type);
    const Segment *fresh = segmentOf(links.now, is, type);
    if (!old != !fresh ||
        (old &&
         (old->flags != fresh->flags || old->alignment != fresh->alignment ||
          isLoaded(was, *old) != isLoaded(is, *fresh))))
      return error("{0} is in other program headers than it was",
                   links.plain.describe(index));
  }
  return Error::success();
}

/// One that is of a table or an initial image, and no more.
static Error compareSize(const LinkPair &links, const Segment &was) {
  const auto is = find_if(links.now.segments, [&](const Segment &segment) {
    return segment.type == was.type;
  });
  // There is one: compareKinds().
  if (is->fileSize == was.fileSize && is->memorySize == was.memorySize &&
      (!was.memorySize || links.addresses.isSame(was.address, is->address)))
    return Error::success();
  return error("the program header of type {0:x} has {1:x} bytes at {2:x}, and "
               "had {3:x} at {4:x}",
               was.type, is->memorySize, is->address, was.memorySize,
               was.address);
}

static Error compareSegments(const LinkPair &links) {
  if (Error e = compareKinds(links))
    return e;
  for (uint32_t index = 1; index < links.plain.sections.size(); ++index)
    if (Error e = compareSegmentsOf(links, index))
      return e;
  for (const Segment &segment : links.plain.segments)
    // The others are of what may be larger, or there are more of them; the
    // reader has read PT_DYNAMIC to its end.
    if (!is_contained({PT_LOAD, PT_NOTE, PT_GNU_RELRO, PT_DYNAMIC, PT_PHDR},
                      segment.type))
      if (Error e = compareSize(links, segment))
        return e;
  // LLD counts headers there that it drops later.
  for (const Segment &segment : links.now.segments)
    if (segment.type == PT_PHDR &&
        (segment.offset != links.now.segmentTableOffset ||
         segment.memorySize < links.now.programHeadersSize() ||
         links.now.contentsAt(segment.address, 1).data() !=
             links.now.bytes.data() + segment.offset))
      return error("PT_PHDR has {0:x} bytes at {1:x}, and the program headers "
                   "{2:x} at offset {3:x}",
                   segment.memorySize, segment.address,
                   links.now.programHeadersSize(),
                   links.now.segmentTableOffset);
  return Error::success();
}

/// What section headers say of other sections.
static Error compareLinks(const LinkPair &links) {
  for (uint32_t index = 1; index < links.plain.sections.size(); ++index) {
    const Section &was = links.plain.sections[index];
    const Section &is = links.now.sections[links.addresses.indexNow(index)];
    const auto isEqual = [&](uint32_t old, uint32_t fresh, bool isIndex) {
      return isIndex && old < links.plain.sections.size()
                 ? fresh == links.addresses.indexNow(old)
                 : fresh == old;
    };
    if (!isEqual(was.link, is.link, true) ||
        !isEqual(was.info, is.info, was.flags & SHF_INFO_LINK))
      return error("{0} refers to other sections than it did",
                   links.plain.describe(index));
  }
  return Error::success();
}

Error compareHeaders(const LinkPair &links) {
  if (Error e = compareElfHeaders(links))
    return e;
  if (Error e = compareSegments(links))
    return e;
  return compareLinks(links);
}

/// The entries that come with a PLT.
static bool isOfPlt(int64_t tag) {
  return is_contained({DT_JMPREL, DT_PLTRELSZ, DT_PLTREL, DT_PLTGOT}, tag);
}

static bool isAddress(int64_t tag) {
  return is_contained({DT_HASH, DT_GNU_HASH, DT_STRTAB, DT_SYMTAB, DT_INIT,
                       DT_FINI, DT_INIT_ARRAY, DT_FINI_ARRAY, DT_PREINIT_ARRAY,
                       DT_VERSYM, DT_VERNEED, DT_VERDEF},
                      tag);
}

static bool isNumber(int64_t tag) {
  return is_contained({DT_NEEDED,          DT_STRSZ,     DT_SYMENT,
                       DT_SONAME,          DT_RPATH,     DT_SYMBOLIC,
                       DT_RELAENT,         DT_RELRENT,   DT_DEBUG,
                       DT_TEXTREL,         DT_BIND_NOW,  DT_INIT_ARRAYSZ,
                       DT_FINI_ARRAYSZ,    DT_RUNPATH,   DT_FLAGS,
                       DT_PREINIT_ARRAYSZ, DT_FLAGS_1,   DT_VERNEEDNUM,
                       DT_VERDEFNUM,       DT_AUXILIARY, DT_FILTER},
                      tag);
}

/// Of tables whose sizes depend on entries: they are sections. What they have
/// is compared as relocations.
static Error checkTables(const LinkPair &links) {
  const Image &now = links.now;
  const auto check = [&](StringRef name, int64_t tag, uint64_t value,
                         bool isSize) -> Error {
    const auto section = find_if(now.sections, [&](const Section &other) {
      return now.name(other) == name;
    });
    const uint64_t due = section == now.sections.end() ? 0
                         : isSize                      ? section->size
                                                       : section->address;
    return value == due ? Error::success()
                        : error("{0} is {1:x}, and {2} says {3:x}",
                                dynamicTagName(tag), value, name, due);
  };
  for (const DynamicEntry &entry : now.dynamic) {
    const auto [tag, value] = entry;
    Error failed = Error::success();
    if (tag == DT_RELA || tag == DT_RELASZ)
      failed = check(".rela.dyn", tag, value, tag == DT_RELASZ);
    else if (tag == DT_RELR || tag == DT_RELRSZ)
      failed = check(".relr.dyn", tag, value, tag == DT_RELRSZ);
    else if (tag == DT_JMPREL || tag == DT_PLTRELSZ)
      failed = check(".rela.plt", tag, value, tag == DT_PLTRELSZ);
    else if (tag == DT_PLTGOT)
      failed = check(".got.plt", tag, value, false);
    if (failed)
      return failed;
    // ld.so takes as many for RELATIVE ones without a look at them.
    if (tag == DT_RELACOUNT &&
        (value > now.relocations.size() ||
         any_of(ArrayRef(now.relocations).take_front(value),
                [&](const Relocation &relocation) {
                  return relocation.type != links.machine.relative;
                })))
      return error("DT_RELACOUNT is {0}, and fewer relocations are of that "
                   "type",
                   value);
  }
  return Error::success();
}

Error compareDynamic(const LinkPair &links) {
  const auto without = [](const Image &image) {
    std::vector<DynamicEntry> out;
    copy_if(image.dynamic, std::back_inserter(out),
            [](const DynamicEntry &entry) { return !isOfPlt(entry.tag); });
    return out;
  };
  const std::vector<DynamicEntry> olds = without(links.plain),
                                  nows = without(links.now);
  if (olds.size() != nows.size())
    return error("{0} dynamic entries were {1}", nows.size(), olds.size());
  for (auto [was, is] : zip_equal(olds, nows)) {
    const bool isTable = is_contained(
        {DT_RELA, DT_RELASZ, DT_RELACOUNT, DT_RELR, DT_RELRSZ}, was.tag);
    const bool isSame =
        isTable ||
        (isAddress(was.tag) ? links.addresses.isSame(was.value, is.value)
                            : isNumber(was.tag) && was.value == is.value);
    if (was.tag != is.tag || !isSame)
      return error("{0} is {1:x} and was {2:x} ({3})", dynamicTagName(is.tag),
                   is.value, was.value, dynamicTagName(was.tag));
  }
  if (Error e = checkTables(links))
    return e;
  return links.plain.string(0) == links.now.string(0) &&
                 links.plain.strings == links.now.strings
             ? Error::success()
             : error("the dynamic strings are not those before");
}

} // namespace objprelink
