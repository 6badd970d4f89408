#include "Linker/RoomObject.h"
#include "ELF/RewriteNote.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
using ELFT = object::ELF64LE;

class ObjectMaker {
public:
  explicit ObjectMaker(uint16_t machine) : machine(machine) {}
  ByteVector makeRoom(const LinkRoom &room);
  ByteVector askFor(StringRef input);

private:
  struct Part {
    std::string name;
    ELFT::Shdr header;
    ByteVector contents;
  };

  uint32_t add(StringRef name, uint32_t type, uint64_t flags,
               uint64_t alignment, ByteVector contents = {});
  void addRelocations(uint32_t section);
  uint32_t symbolOf(StringRef name);
  void relocate(uint64_t offset, uint32_t type, uint32_t symbol,
                int64_t addend);
  void begin(unsigned keptCount);
  void addSlots(const LinkRoom &room);
  void addJumps(const LinkRoom &room);
  void addRoomNote(uint64_t size);
  void addProperties();
  void addSymbols();
  ByteVector finish();
  ByteVector layOut();

  const uint16_t machine;
  std::vector<Part> parts;
  /// Of the section that is being made.
  ByteVector relocations;
  std::vector<uint32_t> keptSections;
  ByteVector symbols, names;
  StringMap<uint32_t> symbolNumbers;
  /// The headers whose link is the symbol table.
  std::vector<uint32_t> linked;
};
} // namespace

template <class T> static void append(ByteVector &out, const T &value) {
  const auto *bytes = reinterpret_cast<const uint8_t *>(&value);
  out.append(bytes, bytes + sizeof(T));
}

static void appendString(ByteVector &out, StringRef text) {
  out.append(text.bytes_begin(), text.bytes_end());
  out.push_back(0);
}

uint32_t ObjectMaker::add(StringRef name, uint32_t type, uint64_t flags,
                          uint64_t alignment, ByteVector contents) {
  Part part = {name.str(), {}, std::move(contents)};
  std::memset(&part.header, 0, sizeof(part.header));
  part.header.sh_type = type;
  part.header.sh_flags = flags;
  part.header.sh_addralign = alignment;
  parts.push_back(std::move(part));
  return parts.size();
}

void ObjectMaker::relocate(uint64_t offset, uint32_t type, uint32_t symbol,
                           int64_t addend) {
  ELFT::Rela entry;
  entry.r_offset = offset;
  entry.setSymbolAndType(symbol, type, /*IsMips64EL=*/false);
  entry.r_addend = addend;
  append(relocations, entry);
}

/// Has the relocations that were made be those of \p section.
void ObjectMaker::addRelocations(uint32_t section) {
  const uint32_t index = add(".rela" + parts[section - 1].name, SHT_RELA,
                             SHF_INFO_LINK, 8, std::exchange(relocations, {}));
  parts[index - 1].header.sh_info = section;
  parts[index - 1].header.sh_entsize = sizeof(ELFT::Rela);
  linked.push_back(index);
}

uint32_t ObjectMaker::symbolOf(StringRef name) {
  const auto [found, isNew] =
      symbolNumbers.try_emplace(name, symbols.size() / sizeof(ELFT::Sym));
  if (isNew) {
    ELFT::Sym symbol = {};
    symbol.st_name = names.size();
    symbol.setBindingAndType(STB_WEAK, STT_NOTYPE);
    append(symbols, symbol);
    appendString(names, name);
  }
  return found->second;
}

void ObjectMaker::addSlots(const LinkRoom &room) {
  if (room.pltFunctions.empty())
    return;
  for (const std::string &name : room.pltFunctions)
    relocate(0, R_X86_64_PLT32, symbolOf(name), -4);
  const uint32_t section =
      add(room.section, SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 1);
  addRelocations(section);
}

/// The non-lazy entries of the psABI's PLT: GNU ld has them in .plt.got, too,
/// and GNU BFD finds their names.
void ObjectMaker::addJumps(const LinkRoom &room) {
  if (room.gotFunctions.empty())
    return;
  static constexpr uint8_t pad[] = {0xf3, 0x0f, 0x1e, 0xfa}; // endbr64
  // clang-format off
  static constexpr uint8_t jump[] = {
      0xff, 0x25, 0, 0, 0, 0,            // jmp *f@GOTPCREL(%rip)
      0x66, 0x90};                       // xchg %ax, %ax
  static constexpr uint8_t jumpAfterPad[] = {
      0xff, 0x25, 0, 0, 0, 0,            // jmp *f@GOTPCREL(%rip)
      0x66, 0x0f, 0x1f, 0x44, 0, 0};     // nopw (%rax,%rax)
  // clang-format on
  static_assert(sizeof(jump) == 8 && sizeof(pad) + sizeof(jumpAfterPad) == 16);
  ByteVector code;
  for (const std::string &name : room.gotFunctions) {
    if (room.landingPads)
      code.append(std::begin(pad), std::end(pad));
    // Not GOTPCRELX: LLD must not make a direct jump of it.
    relocate(code.size() + 2, R_X86_64_GOTPCREL, symbolOf(name), -4);
    const Bytes bytes = room.landingPads ? Bytes(jumpAfterPad) : Bytes(jump);
    code.append(bytes.begin(), bytes.end());
  }
  const uint32_t section =
      add(".plt.got", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR,
          room.landingPads ? 16 : 8, std::move(code));
  addRelocations(section);
}

void ObjectMaker::addRoomNote(uint64_t size) {
  // The first symbols are those of the sections so far, in their order.
  for (uint32_t kept = 1; kept <= keptSections.size(); ++kept)
    relocate(0, R_X86_64_NONE, kept, 0);
  const uint32_t note =
      add(".note.objprelink", SHT_NOTE, SHF_ALLOC, 4, encodeRoomNote(size));
  addRelocations(note);
}

void ObjectMaker::addProperties() {
  ByteVector property;
  const uint32_t words[] = {4,
                            16,
                            NT_GNU_PROPERTY_TYPE_0,
                            0x554e47,
                            GNU_PROPERTY_X86_FEATURE_1_AND,
                            4,
                            GNU_PROPERTY_X86_FEATURE_1_IBT |
                                GNU_PROPERTY_X86_FEATURE_1_SHSTK,
                            0};
  for (uint32_t word : words)
    append(property, support::ulittle32_t(word));
  add(".note.gnu.property", SHT_NOTE, SHF_ALLOC, 8, std::move(property));
  add(".note.GNU-stack", SHT_PROGBITS, 0, 1);
  linked.push_back(add(".llvm_addrsig", SHT_LLVM_ADDRSIG, SHF_EXCLUDE, 1));
}

void ObjectMaker::addSymbols() {
  const uint32_t strings = add(".strtab", SHT_STRTAB, 0, 1, std::move(names));
  const uint32_t table = add(".symtab", SHT_SYMTAB, 0, 8, std::move(symbols));
  ELFT::Shdr &header = parts[table - 1].header;
  header.sh_link = strings;
  header.sh_info = 1 + keptSections.size();
  header.sh_entsize = sizeof(ELFT::Sym);
  for (uint32_t index : linked)
    parts[index - 1].header.sh_link = table;
}

ByteVector ObjectMaker::layOut() {
  ByteVector sectionNames(1);
  add(".shstrtab", SHT_STRTAB, 0, 1);
  for (Part &part : parts) {
    part.header.sh_name = sectionNames.size();
    appendString(sectionNames, part.name);
  }
  parts.back().contents = std::move(sectionNames);

  ByteVector out(sizeof(ELFT::Ehdr));
  for (Part &part : parts) {
    out.resize(alignTo(out.size(), 8));
    part.header.sh_offset = out.size();
    part.header.sh_size = part.contents.size();
    out.append(part.contents.begin(), part.contents.end());
  }
  out.resize(alignTo(out.size(), 8));
  ELFT::Ehdr header = {};
  std::memcpy(header.e_ident, ElfMagic, 4);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = machine;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof(header);
  header.e_shoff = out.size();
  header.e_shentsize = sizeof(ELFT::Shdr);
  header.e_shnum = parts.size() + 1;
  header.e_shstrndx = parts.size();
  std::memcpy(out.data(), &header, sizeof(header));
  out.append(sizeof(ELFT::Shdr), 0);
  for (const Part &part : parts)
    append(out, part.header);
  return out;
}

/// Makes the symbols of the \p keptCount sections that come first, each with
/// its relocations.
void ObjectMaker::begin(unsigned keptCount) {
  names.push_back(0);
  append(symbols, ELFT::Sym());
  for (unsigned kept = 0; kept < keptCount; ++kept) {
    ELFT::Sym symbol = {};
    symbol.setBindingAndType(STB_LOCAL, STT_SECTION);
    symbol.st_shndx = 1 + 2 * kept;
    keptSections.push_back(1 + 2 * kept);
    append(symbols, symbol);
  }
}

ByteVector ObjectMaker::finish() {
  addProperties();
  addSymbols();
  return layOut();
}

ByteVector ObjectMaker::makeRoom(const LinkRoom &room) {
  begin(!room.pltFunctions.empty() + !room.gotFunctions.empty());
  addSlots(room);
  addJumps(room);
  addRoomNote(room.noteSize);
  return finish();
}

ByteVector ObjectMaker::askFor(StringRef input) {
  begin(0);
  ByteVector inputs;
  appendString(inputs, input);
  add(".deplibs", SHT_LLVM_DEPENDENT_LIBRARIES, SHF_MERGE | SHF_STRINGS, 1,
      std::move(inputs));
  parts.back().header.sh_entsize = 1;
  return finish();
}

void addLastInput(SmallVectorImpl<const char *> &arguments,
                  const char *object) {
  arguments.push_back("--format=elf");
  arguments.push_back(object);
}

std::unique_ptr<MemoryBuffer> bufferOf(const ByteVector &object,
                                       StringRef path) {
  return MemoryBuffer::getMemBuffer(toStringRef(Bytes(object)), path,
                                    /*RequiresNullTerminator=*/false);
}

ByteVector makeRoomObject(const LinkRoom &room) {
  return ObjectMaker(room.machine).makeRoom(room);
}

ByteVector makeObjectWithInput(uint16_t machine, StringRef input) {
  return ObjectMaker(machine).askFor(input);
}

} // namespace objprelink
