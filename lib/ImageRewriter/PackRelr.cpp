#include "ImageRewriter/PackRelr.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELF.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

bool needsRelrVersion(const Image &image) {
  return any_of(image.neededVersions, [](const NeededVersion &need) {
    return need.name == kRelrVersion;
  });
}

static uint16_t freeVersionIndex(const Image &image) {
  uint16_t last = VER_NDX_GLOBAL;
  for (const NeededVersion &need : image.neededVersions)
    last = std::max(last, need.index);
  for (const DefinedVersion &definition : image.definedVersions)
    last = std::max(last, definition.index);
  return last + 1;
}

Expected<ByteVector> addRelrVersion(const Image &image, uint64_t name) {
  // Both structures are the same in both classes.
  using Verneed = object::ELF64LE::Verneed;
  using Vernaux = object::ELF64LE::Vernaux;
  const AddressRange &range = image.neededVersionTable;
  const Bytes old = image.contentsAt(range.address, range.size);
  ByteVector table(old.begin(), old.end());
  const uint16_t index = freeVersionIndex(image);
  if (index >= VERSYM_HIDDEN)
    return error("no version index is free for {0}", kRelrVersion);

  // The reader of images has been through these lists.
  for (uint64_t at = 0; at < table.size();) {
    auto &need = *reinterpret_cast<Verneed *>(&table[at]);
    if (image.string(need.vn_file) != "libc.so.6" || !need.vn_cnt) {
      if (!need.vn_next)
        break;
      at += need.vn_next;
      continue;
    }
    uint64_t last = at + need.vn_aux;
    for (unsigned left = need.vn_cnt; left > 1; --left)
      last += reinterpret_cast<Vernaux *>(&table[last])->vna_next;
    table.append(offsetToAlignment(table.size(), Align(4)), 0);
    const uint64_t added = table.size();
    Vernaux version;
    version.vna_hash = object::hashSysV(kRelrVersion);
    version.vna_flags = 0;
    version.vna_other = index;
    version.vna_name = name;
    version.vna_next = 0;
    need.vn_cnt = need.vn_cnt + 1;
    reinterpret_cast<Vernaux *>(&table[last])->vna_next = added - last;
    append_range(table, Bytes(reinterpret_cast<const uint8_t *>(&version),
                              sizeof(version)));
    return table;
  }
  return error("relative relocations cannot be packed: no version of libc.so.6 "
               "is needed, so nothing would keep a libc that does not know "
               "DT_RELR from loading the file");
}

} // namespace objprelink
