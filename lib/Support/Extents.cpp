#include "Support/Extents.h"
#include <iterator>

using namespace llvm;

namespace objprelink {

void Extents::append(Bytes bytes) {
  if (bytes.empty())
    return;
  total += bytes.size();
  extents.push_back(bytes);
}

void Extents::append(ByteVector bytes) {
  owned.push_back(std::move(bytes));
  append(Bytes(owned.back()));
}

void Extents::appendZeros(uint64_t count) {
  static constexpr uint8_t zeros[4096] = {};
  for (; count > sizeof(zeros); count -= sizeof(zeros))
    append(Bytes(zeros));
  append(Bytes(zeros, count));
}

void Extents::append(Extents other) {
  for (ByteVector &bytes : other.owned)
    owned.push_back(std::move(bytes));
  for (Bytes bytes : other.extents)
    append(bytes);
}

ByteVector Extents::flatten() const {
  ByteVector out;
  out.reserve(total);
  for (Bytes bytes : extents)
    out.append(bytes.begin(), bytes.end());
  return out;
}

} // namespace objprelink
