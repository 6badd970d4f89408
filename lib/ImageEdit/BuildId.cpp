//===- BuildId.cpp - hash a whole file on all cores -----------------------===//
//
// As in lld, the file is hashed in chunks of 1 MiB and the id is the hash of
// the chunks' hashes. BLAKE3 of any length serves all styles that are hashes:
// the length is what tools look at.
//
//===----------------------------------------------------------------------===//

#include "ImageEdit/BuildId.h"
#include "ELF/Notes.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;

namespace objprelink {

static constexpr uint64_t kChunk = 1 << 20;

using Digest = BLAKE3Result<32>;

/// The extents, cut so that every kChunk bytes a new list begins.
static std::vector<SmallVector<Bytes, 4>> cutIntoChunks(ArrayRef<Bytes> all) {
  std::vector<SmallVector<Bytes, 4>> out;
  uint64_t room = 0;
  for (Bytes bytes : all)
    while (!bytes.empty()) {
      if (!room) {
        out.emplace_back();
        room = kChunk;
      }
      const Bytes part = bytes.take_front(room);
      out.back().push_back(part);
      room -= part.size();
      bytes = bytes.drop_front(part.size());
    }
  return out;
}

void renewBuildId(ImageEdit &edit) {
  const AddressRange id = findBuildId(edit.image);
  if (id.empty() || id.size > sizeof(Digest))
    return;
  const Extents contents = edit.extents();
  const std::vector<SmallVector<Bytes, 4>> chunks =
      cutIntoChunks(contents.list());
  std::vector<Digest> digests(chunks.size());
  parallelFor(0, chunks.size(), [&](size_t i) {
    BLAKE3 hasher;
    for (Bytes part : chunks[i])
      hasher.update(part);
    digests[i] = hasher.final();
  });
  BLAKE3 hasher;
  for (const Digest &digest : digests)
    hasher.update(ArrayRef(digest));
  const Digest all = hasher.final();
  edit.write(addressAfter(edit.moves, id.address),
             ArrayRef(all).take_front(id.size));
}

} // namespace objprelink
