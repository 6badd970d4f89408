#include "Places.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
class Finder {
public:
  Finder(Bytes file, uint64_t most) : file(file), most(most) {}
  std::vector<Place> find();

private:
  void add(uint64_t offset, uint64_t size, uint8_t width, bool isHeader);
  template <class T> const T *at(uint64_t offset) const;
  template <class ELFT> void findELF();
  void findArchive();

  const Bytes file;
  const uint64_t most;
  std::vector<Place> places;
};
} // namespace

void Finder::add(uint64_t offset, uint64_t size, uint8_t width, bool isHeader) {
  if (offset >= file.size())
    return;
  size = std::min<uint64_t>(size, file.size() - offset);
  if (!isHeader)
    size = std::min(size, most);
  if (size)
    places.push_back({offset, size, width, isHeader});
}

template <class T> const T *Finder::at(uint64_t offset) const {
  return offset < file.size() && file.size() - offset >= sizeof(T)
             ? reinterpret_cast<const T *>(file.data() + offset)
             : nullptr;
}

template <class ELFT> void Finder::findELF() {
  using Ehdr = typename ELFT::Ehdr;
  using Phdr = typename ELFT::Phdr;
  using Shdr = typename ELFT::Shdr;
  constexpr uint8_t word = sizeof(typename ELFT::uint);
  const auto *header = at<Ehdr>(0);
  if (!header)
    return add(0, file.size(), 1, true);
  add(0, sizeof(Ehdr), 2, true);
  add(header->e_phoff, header->e_phnum * sizeof(Phdr), word, true);
  add(header->e_shoff, header->e_shnum * sizeof(Shdr), word, true);
  for (uint32_t i = 0; i < header->e_phnum; ++i) {
    const auto *segment = at<Phdr>(header->e_phoff + i * sizeof(Phdr));
    if (!segment)
      break;
    if (segment->p_type == PT_DYNAMIC)
      add(segment->p_offset, segment->p_filesz, word, true);
    if (segment->p_type == PT_NOTE)
      add(segment->p_offset, segment->p_filesz, 4, false);
  }
  for (uint32_t i = 0; i < header->e_shnum; ++i) {
    const auto *section = at<Shdr>(header->e_shoff + i * sizeof(Shdr));
    if (!section)
      break;
    const uint32_t type = section->sh_type;
    if (type != SHT_NULL && type != SHT_NOBITS && type != SHT_PROGBITS &&
        type != SHT_DYNAMIC)
      add(section->sh_offset, section->sh_size, type == SHT_STRTAB ? 1 : word,
          false);
  }
}

void Finder::findArchive() {
  constexpr uint64_t headerSize = 60;
  const bool thin = toStringRef(file).starts_with("!<thin>");
  add(0, 8, 1, true);
  for (uint64_t offset = 8; at<char[headerSize]>(offset);) {
    const StringRef header = toStringRef(file.slice(offset, headerSize));
    uint64_t size = 0;
    header.substr(48, 10).rtrim(' ').getAsInteger(10, size);
    const bool isTable = header[0] == '/' && !isDigit(header[1]);
    add(offset, headerSize, 1, true);
    offset += headerSize;
    if (isTable)
      add(offset, size, 4, false);
    else if (thin)
      continue;
    if (size > file.size())
      break;
    offset += size + size % 2;
  }
}

std::vector<Place> Finder::find() {
  const StringRef text = toStringRef(file);
  if (text.starts_with("!<arch>") || text.starts_with("!<thin>"))
    findArchive();
  else if (file.size() > EI_CLASS && file[EI_CLASS] == ELFCLASS32)
    findELF<object::ELF32LE>();
  else
    findELF<object::ELF64LE>();
  return std::move(places);
}

std::vector<Place> findPlaces(Bytes file, uint64_t most) {
  return Finder(file, most).find();
}

} // namespace objprelink
