//===- ImageReader.cpp - ELF bytes to Image -------------------------------===//
//
// Like ObjectReader.cpp, this reader trusts nothing and checks each thing once.
// It looks at an image as ld.so does, through its segments and its dynamic
// table; section headers are checked too where there are any, because debuggers
// and strip will read what a rewrite makes of them.
//
// This file reads the parts that describe the rest: the header, segments,
// sections and the dynamic table. DynamicTables.h reads the tables that the
// dynamic table points to.
//
//===----------------------------------------------------------------------===//

#include "ELF/ImageReader.h"
#include "ELF/DynamicTables.h"
#include "ELF/SectionTable.h"
#include "Support/Diagnostics.h"
#include "Support/LLVMVersion.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Tags that may be there once only: ld.so takes the last of several, other
/// readers the first.
static constexpr int64_t kTagsOfOne[] = {
    DT_PLTRELSZ,   DT_PLTGOT,     DT_HASH,     DT_STRTAB,    DT_SYMTAB,
    DT_RELA,       DT_RELASZ,     DT_RELAENT,  DT_STRSZ,     DT_SYMENT,
    DT_INIT,       DT_FINI,       DT_SONAME,   DT_RPATH,     DT_REL,
    DT_RELSZ,      DT_RELENT,     DT_PLTREL,   DT_DEBUG,     DT_JMPREL,
    DT_INIT_ARRAY, DT_FINI_ARRAY, DT_RUNPATH,  DT_FLAGS,     DT_RELR,
    DT_RELRSZ,     DT_RELRENT,    DT_GNU_HASH, DT_VERSYM,    DT_RELACOUNT,
    DT_RELCOUNT,   DT_FLAGS_1,    DT_VERDEF,   DT_VERDEFNUM, DT_VERNEED,
    DT_VERNEEDNUM};

namespace {
/// What is taken that is not usual.
enum class Takes : uint8_t { Nothing, Executables, PackedTables };

template <class ELFT> class Reader {
public:
  Reader(Bytes bytes, Takes takes) : takes(takes) { image.bytes = bytes; }
  Expected<Image> read();

private:
  using Ehdr = typename ELFT::Ehdr;
  using Phdr = typename ELFT::Phdr;
  using Dyn = typename ELFT::Dyn;

  Error tolerate(Error e);
  Error readHeader();
  Error readSegments();
  Error checkLoadable();
  Error checkRelro();
  Error readSections();
  Error readDynamic();

  Image image;
  const Takes takes;
  uint64_t segmentCount = 0;
};
} // namespace

static std::string describeSegment(size_t index, uint32_t type) {
  switch (type) {
  case PT_LOAD:
    return formatv("program header {0} (PT_LOAD)", index);
  case PT_DYNAMIC:
    return formatv("program header {0} (PT_DYNAMIC)", index);
  case PT_GNU_RELRO:
    return formatv("program header {0} (PT_GNU_RELRO)", index);
  default:
    return formatv("program header {0} (type {1:x})", index, type);
  }
}

/// The only segment of \p type, or null.
static Expected<const Segment *> theSegment(const Image &image, uint32_t type) {
  const Segment *found = nullptr;
  for (auto [index, segment] : enumerate(image.segments)) {
    if (segment.type != type)
      continue;
    if (found)
      return error("{0}: a second one", describeSegment(index, type));
    found = &segment;
  }
  return found;
}

template <class ELFT> Error Reader<ELFT>::readHeader() {
  if (image.bytes.size() < sizeof(Ehdr))
    return error("truncated ELF header: {0} bytes of {1}", image.bytes.size(),
                 sizeof(Ehdr));
  const auto &header = *reinterpret_cast<const Ehdr *>(image.bytes.data());
  image.is64 = ELFT::Is64Bits;
  image.machine = header.e_machine;
  image.entry = header.e_entry;
  image.hasAddends = ELFT::Is64Bits;
  image.isExecutable = takes == Takes::Executables && header.e_type == ET_EXEC;
  if (header.e_type != ET_DYN && !image.isExecutable)
    return error("ELF type {0} is not a shared library or a PIE",
                 uint32_t(header.e_type));
  if (header.e_version != EV_CURRENT)
    return error("unknown ELF version {0}", uint32_t(header.e_version));
  if (header.e_ehsize != sizeof(Ehdr))
    return error("e_ehsize is {0}, not {1}", uint32_t(header.e_ehsize),
                 sizeof(Ehdr));

  image.segmentTableOffset = header.e_phoff;
  segmentCount = header.e_phnum;
  if (!header.e_phoff || !segmentCount)
    return error("no program headers");
  // gABI: the count is then in section header 0. No loader looks there.
  if (segmentCount == PN_XNUM)
    return error("more program headers than e_phnum can count");
  if (header.e_phentsize != sizeof(Phdr))
    return error("e_phentsize is {0}, not {1}", uint32_t(header.e_phentsize),
                 sizeof(Phdr));
  if (!isInFile(image.bytes, header.e_phoff, segmentCount * sizeof(Phdr)))
    return error("the program header table at {0:x}, {1} entries, runs past "
                 "the end of the file ({2:x} bytes)",
                 uint64_t(header.e_phoff), segmentCount, image.bytes.size());
  return Error::success();
}

template <class ELFT> Error Reader<ELFT>::readSegments() {
  const ArrayRef headers(reinterpret_cast<const Phdr *>(
                             image.bytes.data() + image.segmentTableOffset),
                         segmentCount);
  // An end may be 2^32 in a 32-bit image; 2^64 could not be told from 0.
  const uint64_t lastEnd = ELFT::Is64Bits ? UINT64_MAX : uint64_t(1) << 32;

  image.segments.resize(segmentCount);
  for (auto [index, header, segment] : enumerate(headers, image.segments)) {
    segment.type = header.p_type;
    segment.flags = header.p_flags;
    segment.offset = header.p_offset;
    segment.address = header.p_vaddr;
    segment.physicalAddress = header.p_paddr;
    segment.fileSize = header.p_filesz;
    segment.memorySize = header.p_memsz;
    segment.alignment = header.p_align;
    if (segment.type == PT_NULL)
      continue;
    if (segment.fileSize &&
        !isInFile(image.bytes, segment.offset, segment.fileSize))
      return error("{0}: {1:x} bytes at {2:x} run past the end of the file "
                   "({3:x} bytes)",
                   describeSegment(index, segment.type), segment.fileSize,
                   segment.offset, image.bytes.size());
    if (segment.memorySize > lastEnd - segment.address)
      return error("{0}: {1:x} bytes at address {2:x} run past the end of the "
                   "address space",
                   describeSegment(index, segment.type), segment.memorySize,
                   segment.address);
    if (segment.alignment & (segment.alignment - 1))
      return error("{0}: alignment {1:x} is not a power of two",
                   describeSegment(index, segment.type), segment.alignment);
    if (segment.type == PT_LOAD)
      image.loadable.push_back(index);
  }
  return checkLoadable();
}

/// gABI, "Program Header": PT_LOAD entries rise in p_vaddr. That their bytes
/// rise in the file too, each one's own, is what all linkers do, and what a
/// rewrite needs that takes pages out of the file.
template <class ELFT> Error Reader<ELFT>::checkLoadable() {
  if (image.loadable.empty())
    return error("no loadable segment");
  uint64_t addressEnd = 0, offsetEnd = 0;
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    if (segment.fileSize > segment.memorySize)
      return error("{0}: {1:x} bytes in the file, {2:x} in memory",
                   describeSegment(index, PT_LOAD), segment.fileSize,
                   segment.memorySize);
    const uint64_t page = std::max(segment.alignment, Image::kPageSize);
    if ((segment.address - segment.offset) & (page - 1))
      return error("{0}: address {1:x} and offset {2:x} differ in their place "
                   "in a page of {3:x}",
                   describeSegment(index, PT_LOAD), segment.address,
                   segment.offset, page);
    if (segment.address < addressEnd)
      return error("{0}: address {1:x} is below {2:x}, where the one before it "
                   "ends",
                   describeSegment(index, PT_LOAD), segment.address,
                   addressEnd);
    addressEnd = segment.addressEnd();
    if (!segment.fileSize)
      continue;
    if (segment.offset < offsetEnd)
      return error("{0}: offset {1:x} is below {2:x}, where the one before it "
                   "ends",
                   describeSegment(index, PT_LOAD), segment.offset, offsetEnd);
    offsetEnd = segment.offset + segment.fileSize;
  }
  return Error::success();
}

template <class ELFT> Error Reader<ELFT>::checkRelro() {
  Expected<const Segment *> relro = theSegment(image, PT_GNU_RELRO);
  if (!relro)
    return relro.takeError();
  if (!*relro || !(*relro)->memorySize)
    return Error::success();
  const Segment &segment = **relro;
  // Not more than its start: linkers round its end up to pages of their own,
  // past the end of the loadable segment.
  if (!image.segmentAt(segment.address))
    return error("PT_GNU_RELRO: address {0:x} is in no loadable segment",
                 segment.address);
  const uint64_t begin = alignDown(segment.address, Image::kPageSize);
  const uint64_t end = alignDown(segment.addressEnd(), Image::kPageSize);
  if (begin < end)
    image.relro = {begin, end - begin};
  return Error::success();
}

/// What ld.so does not look at is an error only to who rewrites the image.
template <class ELFT> Error Reader<ELFT>::tolerate(Error e) {
  if (e && takes == Takes::Executables) {
    image.tolerated.push_back(toString(std::move(e)));
    return Error::success();
  }
  return e;
}

template <class ELFT> Error Reader<ELFT>::readSections() {
  const auto &header = *reinterpret_cast<const Ehdr *>(image.bytes.data());
  if (!header.e_shoff)
    return Error::success();
  Expected<SectionTable> table = readSectionTable(image.bytes, image.is64);
  if (!table)
    return tolerate(table.takeError());
  image.sectionTableOffset = table->offset;
  image.sectionNamesIndex = table->namesIndex;
  image.sections = std::move(table->sections);
  return Error::success();
}

template <class ELFT> Error Reader<ELFT>::readDynamic() {
  Expected<const Segment *> found = theSegment(image, PT_DYNAMIC);
  if (!found)
    return found.takeError();
  if (!*found || !(*found)->fileSize)
    return error("no dynamic table");
  const Segment &segment = **found;
  const Bytes contents = image.contentsAt(segment.address, segment.fileSize);
  if (contents.empty())
    return error("PT_DYNAMIC: {0:x} bytes at address {1:x} are not in the file "
                 "contents of a loadable segment",
                 segment.fileSize, segment.address);
  // ld.so reads the table at its address, other tools at its offset.
  const uint64_t offset = contents.data() - image.bytes.data();
  if (segment.offset != offset)
    if (Error e = tolerate(
            error("PT_DYNAMIC: offset {0:x}, but its address is at {1:x}",
                  segment.offset, offset)))
      return e;
  if (contents.size() % sizeof(Dyn))
    return error("PT_DYNAMIC: {0:x} bytes in entries of {1}", contents.size(),
                 sizeof(Dyn));
  image.dynamicRange = {segment.address, segment.fileSize};

  const ArrayRef entries(reinterpret_cast<const Dyn *>(contents.data()),
                         contents.size() / sizeof(Dyn));
  const auto *end =
      find_if(entries, [](const Dyn &entry) { return entry.d_tag == DT_NULL; });
  if (end == entries.end())
    return error("the dynamic table has no DT_NULL at its end");
  // What follows is room for more entries, unless someone else uses it. We do,
  // for ltrace.
  const auto *after = end;
  if (entries.end() - end > 1 && end[1].getTag() == DT_PLTRELSZ) {
    after = end + 2;
    image.countedPltSize = end[1].getVal();
  }
  const auto *rest = std::find_if(after, entries.end(),
                                  [](const Dyn &entry) { return entry.d_tag; });
  if (rest != entries.end())
    if (Error e = tolerate(error("dynamic entry {0} ({1}) follows a DT_NULL",
                                 rest - entries.begin(),
                                 dynamicTagName(rest->d_tag))))
      return e;
  for (const Dyn &entry : make_range(entries.begin(), end))
    image.dynamic.push_back({entry.getTag(), entry.getVal()});

  for (int64_t tag : kTagsOfOne)
    if (count_if(image.dynamic, [&](const DynamicEntry &entry) {
          return entry.tag == tag;
        }) > 1)
      if (Error e = tolerate(error("the dynamic table has more than one {0}",
                                   dynamicTagName(tag))))
        return e;
  image.isBindNow = image.dynamicValue(DT_BIND_NOW) ||
                    (image.dynamicValue(DT_FLAGS).value_or(0) & DF_BIND_NOW) ||
                    (image.dynamicValue(DT_FLAGS_1).value_or(0) & DF_1_NOW);
  return Error::success();
}

template <class ELFT> Expected<Image> Reader<ELFT>::read() {
  if (Error e = readHeader())
    return e;
  if (Error e = readSegments())
    return e;
  if (Error e = checkRelro())
    return e;
  if (Error e = readSections())
    return e;
  if (Error e = readDynamic())
    return e;
  if (Error e = readDynamicStrings(image))
    return e;
  if (Error e = readDynamicRelocations(image, takes == Takes::PackedTables))
    return e;
  if (Error e = readDynamicSymbols(image))
    return e;
  if (Error e = readSymbolVersions(image))
    return e;
  return std::move(image);
}

static Expected<Image> read(Bytes bytes, Takes takes) {
  if (bytes.size() < EI_NIDENT)
    return error("truncated ELF header: {0} bytes", bytes.size());
  if (!toStringRef(bytes).starts_with(ElfMagic))
    return error("not an ELF file");
  if (bytes[EI_DATA] != ELFDATA2LSB)
    return error("ELF data encoding {0} is not little-endian", bytes[EI_DATA]);
  if (bytes[EI_CLASS] == ELFCLASS64)
    return Reader<object::ELF64LE>(bytes, takes).read();
  if (bytes[EI_CLASS] == ELFCLASS32)
    return Reader<object::ELF32LE>(bytes, takes).read();
  return error("unknown ELF class {0}", bytes[EI_CLASS]);
}

Expected<Image> readImage(Bytes bytes) {
  return read(bytes, Takes::Nothing);
}

Expected<Image> readLinkedImage(Bytes bytes) {
  return read(bytes, Takes::PackedTables);
}

Expected<Image> readLoadable(Bytes bytes) {
  return read(bytes, Takes::Executables);
}

} // namespace objprelink
