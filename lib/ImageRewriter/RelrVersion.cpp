#include "ImageRewriter/RelrVersion.h"
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

namespace {
// Both structures are the same in both classes.
using Verneed = object::ELF64LE::Verneed;
using Vernaux = object::ELF64LE::Vernaux;

struct Need {
  Verneed library;
  std::vector<Vernaux> versions;
};
} // namespace

/// The reader of images has been through these lists.
static std::vector<Need> readNeeds(const Image &image) {
  const AddressRange &range = image.neededVersionTable;
  const Bytes table = image.contentsAt(range.address, range.size);
  std::vector<Need> out;
  for (uint64_t at = 0; at < table.size();) {
    Need need;
    need.library = *reinterpret_cast<const Verneed *>(&table[at]);
    uint64_t versionAt = at + need.library.vn_aux;
    for (unsigned left = need.library.vn_cnt; left; --left) {
      need.versions.push_back(
          *reinterpret_cast<const Vernaux *>(&table[versionAt]));
      versionAt += need.versions.back().vna_next;
    }
    const uint64_t next = need.library.vn_next;
    out.push_back(std::move(need));
    if (!next)
      break;
    at += next;
  }
  return out;
}

/// Each library's versions follow it, as all linkers write them.
static ByteVector writeNeeds(std::vector<Need> needs) {
  ByteVector out;
  const auto append = [&](const auto &entry) {
    append_range(
        out, Bytes(reinterpret_cast<const uint8_t *>(&entry), sizeof(entry)));
  };
  for (Need &need : needs) {
    const bool isLast = &need == &needs.back();
    need.library.vn_cnt = need.versions.size();
    need.library.vn_aux = need.versions.empty() ? 0 : sizeof(Verneed);
    need.library.vn_next =
        isLast ? 0 : sizeof(Verneed) + need.versions.size() * sizeof(Vernaux);
    append(need.library);
    for (Vernaux &version : need.versions) {
      version.vna_next =
          &version == &need.versions.back() ? 0 : sizeof(Vernaux);
      append(version);
    }
  }
  return out;
}

/// DT_VERNEED's table of \p image with the new need; \p name is where its name
/// is in DT_STRTAB.
static Expected<ByteVector> addRelrVersion(const Image &image, uint64_t name) {
  const uint16_t index = freeVersionIndex(image);
  if (index >= VERSYM_HIDDEN)
    return error("no version index is free for {0}", kRelrVersion);
  std::vector<Need> needs = readNeeds(image);
  const auto libc = find_if(needs, [&](const Need &need) {
    return image.string(need.library.vn_file) == "libc.so.6" &&
           !need.versions.empty();
  });
  if (libc == needs.end())
    return error("relative relocations cannot be packed: no version of "
                 "libc.so.6 is needed, so nothing would keep a libc that does "
                 "not know DT_RELR from loading the file");
  Vernaux version;
  version.vna_hash = object::hashSysV(kRelrVersion);
  version.vna_flags = 0;
  version.vna_other = index;
  version.vna_name = name;
  libc->versions.push_back(version);
  return writeNeeds(std::move(needs));
}

Error RelrVersion::measure() {
  const Image &image = edit.image;
  name.emplace(edit, references, kRelrVersion);
  Expected<ByteVector> versions =
      addRelrVersion(image, AddedName::offsetIn(image));
  if (!versions)
    return versions.takeError();
  table = std::move(*versions);
  Addition added;
  added.type = SHT_GNU_verneed;
  added.size = table.size();
  added.alignment = image.wordSize();
  added.replaces = image.neededVersionTable;
  needs = &edit.add(std::move(added));
  return Error::success();
}

void RelrVersion::write() {
  if (!needs)
    return;
  name->write();
  edit.write(needs->address, table);
  edit.setDynamic(DT_VERNEED, needs->address);
  edit.describe(*needs);
}

} // namespace objprelink
