//===- BuildId.cpp - hash what a pass has changed -------------------------===//
//
// The linker's own build-id stands for all bytes of the old file, so that those
// which the new file takes from it need no second look: a hash of that id, of
// where the old bytes are in the new file, and of all new bytes stands for the
// new file. BLAKE3 of any length serves all styles that are hashes: the length
// is what tools look at.
//
//===----------------------------------------------------------------------===//

#include "ImageEdit/BuildId.h"
#include "ELF/Notes.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;

namespace objprelink {

/// New bytes are hashed in pieces of this size, by all threads.
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
  const Image &image = edit.image;
  const AddressRange id = findBuildId(image);
  if (id.empty() || id.size > sizeof(Digest))
    return;
  BLAKE3 hasher;
  hasher.update(image.contentsAt(id.address, id.size));
  const auto addNumber = [&](uint64_t number) {
    uint8_t field[sizeof(number)];
    support::endian::write64le(field, number);
    hasher.update(field);
  };
  const Extents contents = edit.extents();
  std::vector<Bytes> added;
  for (Bytes bytes : contents.list()) {
    const bool isOld = image.bytes.begin() <= bytes.begin() &&
                       bytes.end() <= image.bytes.end();
    if (!isOld)
      added.push_back(bytes);
    addNumber(isOld ? bytes.begin() - image.bytes.begin() : UINT64_MAX);
    addNumber(bytes.size());
  }
  const std::vector<SmallVector<Bytes, 4>> chunks = cutIntoChunks(added);
  std::vector<Digest> digests(chunks.size());
  parallelFor(0, chunks.size(), [&](size_t i) {
    BLAKE3 chunkHasher;
    for (Bytes part : chunks[i])
      chunkHasher.update(part);
    digests[i] = chunkHasher.final();
  });
  for (const Digest &digest : digests)
    hasher.update(ArrayRef(digest));
  const Digest all = hasher.final();
  edit.write(addressAfter(edit.moves, id.address),
             ArrayRef(all).take_front(id.size));
}

} // namespace objprelink
