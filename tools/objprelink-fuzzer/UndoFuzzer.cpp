//===- UndoFuzzer.cpp - verify and undo what is not what it was -----------===//
//
// The last byte says how many changes stand before it, eight bytes each: where
// and what. What is left is rewritten, changed so, and shown to the verifier
// and to undo; and it is shown to them as it is, because it may be the output
// of a rewrite itself.
//
//===----------------------------------------------------------------------===//

#include "ELF/Classify.h"
#include "ImageRewriter/RewriteImage.h"
#include "Oracles.h"
#include "Support/Diagnostics.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace objprelink;

static constexpr size_t kChangeSize = 8;

/// Splits the changes off; none where there is no room for them.
static Bytes takeChanges(Bytes &bytes) {
  if (bytes.empty())
    return Bytes();
  const size_t size = bytes.back() % 16 * kChangeSize;
  if (size + 1 > bytes.size())
    return Bytes();
  const Bytes changes = bytes.drop_back().take_back(size);
  bytes = bytes.drop_back(size + 1);
  return changes;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Bytes bytes(data, size);
  checkDamaged(nullptr, bytes);
  const Config config = chooseConfig(imageConfigs(), bytes);
  Bytes changes = takeChanges(bytes);
  Diagnostics diagnostics;
  Expected<RewrittenImage> image = rewriteImage(bytes, config, diagnostics);
  if (!image) {
    consumeError(image.takeError());
    return 0;
  }
  if (!image->contents)
    return 0;
  ByteVector changed = image->contents->flatten();
  for (; !changes.empty(); changes = changes.drop_front(kChangeSize)) {
    const uint32_t place = support::endian::read32le(changes.data());
    for (size_t i = 0; i < 4; ++i)
      changed[(place + i) % changed.size()] ^= changes[4 + i];
  }
  checkDamaged(&bytes, changed);
  return 0;
}
