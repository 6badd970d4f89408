#include "ImageEdit/AddedName.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

AddedName::AddedName(ImageEdit &edit, References &references, StringRef name)
    : edit(edit), name(name.str()) {
  const Image &image = edit.image;
  const uint64_t end = image.stringTable.end();
  const uint64_t padding = alignTo(end, 2) - end;
  Addition added;
  if (image.versionTable.address == end + padding &&
      image.versionTable.size > name.size() &&
      all_of(image.contentsAt(end, padding),
             [](uint8_t byte) { return byte == 0; }) &&
      !references.find({end, name.size() + 1})) {
    added.size = image.versionTable.size;
    added.alignment = 2;
    added.leads = image.versionTable;
    edit.add(std::move(added));
    return;
  }
  added.size = image.stringTable.size + name.size() + 1;
  added.replaces = image.stringTable;
  added.type = SHT_STRTAB;
  strings = &edit.add(std::move(added));
}

void AddedName::write() {
  const Image &image = edit.image;
  const uint64_t begin = strings ? strings->address : image.stringTable.address;
  const uint64_t size = image.stringTable.size + name.size() + 1;
  if (strings)
    edit.write(begin, image.strings);
  const Bytes text(reinterpret_cast<const uint8_t *>(name.c_str()),
                   name.size() + 1);
  edit.write(begin + offsetIn(image), text);
  edit.setDynamic(DT_STRTAB, begin);
  edit.setDynamic(DT_STRSZ, size);
  if (Section *section = edit.headerOf(image.stringTable, SHT_STRTAB)) {
    section->address = begin;
    section->size = size;
  }
}

} // namespace objprelink
