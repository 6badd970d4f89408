#include "ImageEdit/Shift.h"
#include "ImageEdit/ImageEdit.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::object;

namespace objprelink {

static constexpr int64_t kAddressTags[] = {
    DT_PLTGOT,  DT_HASH,         DT_STRTAB,      DT_SYMTAB,
    DT_RELA,    DT_INIT,         DT_FINI,        DT_REL,
    DT_JMPREL,  DT_INIT_ARRAY,   DT_FINI_ARRAY,  DT_PREINIT_ARRAY,
    DT_RELR,    DT_SYMTAB_SHNDX, DT_VERSYM,      DT_VERDEF,
    DT_VERNEED, DT_GNU_HASH,     DT_TLSDESC_PLT, DT_TLSDESC_GOT};

/// Numbers, and offsets of strings.
static constexpr int64_t kValueTags[] = {
    DT_NEEDED,       DT_PLTRELSZ,  DT_RELASZ,     DT_RELAENT,
    DT_STRSZ,        DT_SYMENT,    DT_SONAME,     DT_RPATH,
    DT_SYMBOLIC,     DT_RELSZ,     DT_RELENT,     DT_PLTREL,
    DT_DEBUG,        DT_TEXTREL,   DT_BIND_NOW,   DT_INIT_ARRAYSZ,
    DT_FINI_ARRAYSZ, DT_RUNPATH,   DT_FLAGS,      DT_PREINIT_ARRAYSZ,
    DT_RELRSZ,       DT_RELRENT,   DT_RELACOUNT,  DT_RELCOUNT,
    DT_FLAGS_1,      DT_VERDEFNUM, DT_VERNEEDNUM, DT_AUXILIARY,
    DT_FILTER};

bool hasAddress(const Segment &segment) {
  return segment.type == PT_LOAD ||
         (segment.memorySize && segment.type != PT_NULL &&
          segment.type != PT_GNU_STACK);
}

bool isAddressTag(int64_t tag) {
  return is_contained(kAddressTags, tag);
}

static Error checkSections(const Image &image) {
  for (auto [index, section] : enumerate(image.sections)) {
    if (section.type == SHT_SYMTAB_SHNDX)
      return error("{0}: symbols with extended section indices would not "
                   "follow the image to another address",
                   image.describe(index));
    if (section.flags & SHF_ALLOC)
      continue;
    if (section.isRelocations())
      return error("{0}: relocations that the linker has left would not follow "
                   "the image to another address",
                   image.describe(index));
    const StringRef name = image.name(section);
    if (section.size && (name.starts_with(".debug_") || name == ".stab" ||
                         name.starts_with(".zdebug_")))
      return error("{0}: debug information in the image would not follow it to "
                   "another address: split it off first, or link the image "
                   "with --image-base",
                   image.describe(index));
  }
  return Error::success();
}

/// ld.so passes by the sizes of PT_DYNAMIC and others, so that they may be
/// anything; readers that add them to an address may not.
static Error checkSegments(const Image &image) {
  constexpr uint64_t mostMemory = uint64_t(1) << 32;
  for (auto [index, segment] : enumerate(image.segments))
    if (segment.memorySize >= mostMemory ||
        (segment.fileSize && !segment.memorySize))
      return error("program header {0}: {1:x} bytes of the file are {2:x} in "
                   "memory",
                   index, segment.fileSize, segment.memorySize);
  return Error::success();
}

Error checkShiftable(const Image &image) {
  for (const DynamicEntry &entry : image.dynamic)
    if (!isAddressTag(entry.tag) && !is_contained(kValueTags, entry.tag))
      return error("{0} {1:x}: it is not known whether that is an address",
                   dynamicTagName(entry.tag), entry.value);
  for (const DynamicSymbol &symbol : image.symbols)
    if (symbol.isUndefined() && symbol.value && symbol.type != STT_TLS)
      return error("symbol '{0}' is undefined and has the value {1:x}",
                   image.name(symbol), symbol.value);
  if (Error e = checkSegments(image))
    return e;
  return checkSections(image);
}

/// Of the file, the ELF header's entry point and the dynamic symbols, whose
/// table may have moved.
void ImageEdit::shiftEntryAndSymbols() {
  // gABI, "ELF Header": e_entry is at 24 in both classes; 0 is none.
  constexpr uint64_t entryOffset = 24;
  if (image.entry) {
    uint8_t word[8];
    support::endian::write64le(word, image.entry + shift);
    writeOld(entryOffset, ArrayRef(word, image.wordSize()));
  }
  const uint64_t table = addressAfter(moves, image.symbolTable.address);
  const uint64_t size =
      image.is64 ? sizeof(ELF64LE::Sym) : sizeof(ELF32LE::Sym);
  // gABI, "Symbol Table": st_value is the second word.
  const uint64_t field = image.wordSize();
  for (auto [index, symbol] : enumerate(image.symbols))
    if (symbol.isInSection() && symbol.type != STT_TLS)
      writeAddress(table + index * size + field, symbol.value);
}

} // namespace objprelink
