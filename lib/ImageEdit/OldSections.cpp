#include "ImageEdit/OldSections.h"
#include "ELF/Relocations.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::object;

namespace objprelink {

static const Section *headerOf(const Image &image, const AddressRange &table) {
  const auto found = find_if(image.sections, [&](const Section &section) {
    return (section.flags & SHF_ALLOC) && section.isRelocations() &&
           section.address == table.address && section.size == table.size;
  });
  return found == image.sections.end() ? nullptr : &*found;
}

uint64_t shadowSize(const Image &image, const AddressRange &old,
                    uint64_t newSize) {
  return !old.empty() && newSize != old.size && headerOf(image, old) ? old.size
                                                                     : 0;
}

void addShadow(ImageEdit &edit, const AddressRange &old,
               ArrayRef<Relocation> table, uint64_t address) {
  const uint32_t type =
      edit.image.is64 ? uint32_t(R_X86_64_32) : uint32_t(R_386_PC32);
  const Section &was = *headerOf(edit.image, old);
  std::vector<Relocation> entries;
  for (const Relocation &relocation : table)
    entries.push_back({relocation.offset, type, 0, 0});
  edit.write(address, encodeRelocations(entries, edit.image.is64));
  AddedSection shadow;
  shadow.name = edit.image.name(was).str();
  shadow.header = was;
  shadow.header.address = address;
  // It says nothing of any section.
  shadow.header.flags &= ~uint64_t(SHF_INFO_LINK);
  shadow.header.info = 0;
  edit.addedSections.push_back(std::move(shadow));
}

template <class T> static void append(const T &value, ByteVector &out) {
  append_range(out,
               Bytes(reinterpret_cast<const uint8_t *>(&value), sizeof(value)));
}

namespace {
template <class ELFT> class ListMaker {
public:
  explicit ListMaker(ImageEdit &edit)
      : edit(edit), image(edit.image), isShadow(edit.addedSections.size()) {}
  AddedSection make();

private:
  void add(const Section &section);
  std::optional<size_t> shadowOf(const Section &old) const;

  ImageEdit &edit;
  const Image &image;
  std::vector<bool> isShadow;
  ByteVector headers;
  uint64_t count = 0;
};
} // namespace

template <class ELFT> void ListMaker<ELFT>::add(const Section &section) {
  typename ELFT::Shdr header = {};
  header.sh_name = section.nameOffset;
  header.sh_type = section.type;
  header.sh_flags = section.flags;
  header.sh_addr = section.address;
  header.sh_offset = section.offset;
  header.sh_size = section.size;
  header.sh_addralign = section.alignment;
  header.sh_entsize = section.entrySize;
  append(header, headers);
  ++count;
}

template <class ELFT>
std::optional<size_t> ListMaker<ELFT>::shadowOf(const Section &old) const {
  for (auto [index, added] : enumerate(edit.addedSections))
    if (added.name == image.name(old) && added.header.type == old.type &&
        added.header.size == old.size)
      return index;
  return std::nullopt;
}

template <class ELFT> AddedSection ListMaker<ELFT>::make() {
  for (auto [old, now] : zip_equal(image.sections, edit.sections)) {
    if (!(old.flags & SHF_ALLOC))
      continue;
    Section header = old;
    header.type = now.type;
    if (const std::optional<size_t> shadow =
            now.size != old.size ? shadowOf(old) : std::nullopt) {
      isShadow[*shadow] = true;
      header.flags = edit.addedSections[*shadow].header.flags;
      header.nameOffset = edit.nameOffset(*shadow);
    }
    add(header);
  }
  // libdwfl asks for the highest end of all that is no table: with what is new
  // in the list it is that of the image.
  for (auto [index, added] : enumerate(edit.addedSections)) {
    if (!(added.header.flags & SHF_ALLOC) || isShadow[index])
      continue;
    Section header = added.header;
    header.nameOffset = edit.nameOffset(index);
    add(header);
  }

  auto header =
      *reinterpret_cast<const typename ELFT::Ehdr *>(image.bytes.data());
  header.e_shnum = count + 1;
  AddedSection list;
  list.name = kOldSections.str();
  list.header.type = SHT_PROGBITS;
  list.header.alignment = 1;
  append(header, list.contents);
  append_range(
      list.contents,
      image.bytes.slice(image.segmentTableOffset,
                        image.segments.size() * sizeof(typename ELFT::Phdr)));
  append_range(list.contents, headers);
  return list;
}

void addOldSections(ImageEdit &edit) {
  edit.addedSections.push_back(edit.image.is64
                                   ? ListMaker<ELF64LE>(edit).make()
                                   : ListMaker<ELF32LE>(edit).make());
}

} // namespace objprelink
