#include "ELF/Relr.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/Endian.h"
#include <limits>

using namespace llvm;

namespace objprelink {

namespace {
template <class Word> struct Codec {
  static constexpr uint64_t kSize = sizeof(Word);
  /// Words that a bitmap stands for: its lowest bit says that it is one.
  static constexpr uint64_t kWordsOfBitmap = kSize * 8 - 1;
  static constexpr uint64_t kLast = std::numeric_limits<Word>::max();

  static Word at(Bytes table, uint64_t index) {
    return support::endian::read<Word, endianness::little>(table.data() +
                                                           index * kSize);
  }

  static uint64_t count(Bytes table) {
    uint64_t places = 0;
    for (uint64_t index = 0; index < table.size() / kSize; ++index) {
      const Word word = at(table, index);
      places += word & 1 ? popcount(word) - 1 : 1;
    }
    return places;
  }

  static Error decode(Bytes table, std::vector<uint64_t> &places) {
    // The address that the next bitmap's bit 1 stands for. Once it is past the
    // end of the address space, no bit may be set any more.
    uint64_t next = 0;
    bool past = false;
    const auto advance = [&](uint64_t words) {
      past |= words * kSize > kLast - next;
      next += words * kSize;
    };
    for (uint64_t index = 0; index < table.size() / kSize; ++index) {
      const Word word = at(table, index);
      if (!(word & 1)) {
        if (!places.empty() && word <= places.back())
          return error("entry {0}: place {1:x} does not follow {2:x}", index,
                       uint64_t(word), places.back());
        places.push_back(word);
        next = word;
        past = false;
        advance(1);
        continue;
      }
      if (places.empty())
        return error("entry {0} is a bitmap, where an address is due", index);
      for (Word bits = word >> 1; bits; bits &= bits - 1) {
        const uint64_t delta = countr_zero(bits) * kSize;
        if (past || delta > kLast - next)
          return error("entry {0}: a place past the end of the address space",
                       index);
        places.push_back(next + delta);
      }
      advance(kWordsOfBitmap);
    }
    return Error::success();
  }

  static void append(Word word, ByteVector &out) {
    uint8_t bytes[kSize];
    support::endian::write<Word, endianness::little>(bytes, word);
    out.append(std::begin(bytes), std::end(bytes));
  }

  static ByteVector encode(ArrayRef<uint64_t> places) {
    ByteVector out;
    while (!places.empty()) {
      append(places.front(), out);
      uint64_t next = places.front() + kSize;
      places = places.drop_front();
      // Bitmaps as long as each has a bit to set; an address is not longer
      // than an empty one.
      for (Word bitmap = 1; bitmap; next += kWordsOfBitmap * kSize) {
        bitmap = 0;
        while (!places.empty()) {
          const uint64_t delta = places.front() - next;
          if (delta / kSize >= kWordsOfBitmap || delta % kSize)
            break;
          bitmap |= Word(1) << (delta / kSize);
          places = places.drop_front();
        }
        if (bitmap)
          append(Word(bitmap << 1) | 1, out);
      }
    }
    return out;
  }

  static Expected<std::vector<uint64_t>> decodeAll(Bytes table, uint64_t most) {
    if (table.size() % kSize)
      return error("{0:x} bytes in entries of {1}", table.size(), kSize);
    const uint64_t total = count(table);
    if (total > most)
      return error("{0} places, where {1} can be at most", total, most);
    std::vector<uint64_t> places;
    places.reserve(total);
    if (Error e = decode(table, places))
      return e;
    return places;
  }
};
} // namespace

Expected<std::vector<uint64_t>> decodeRelr(Bytes table, bool is64,
                                           uint64_t most) {
  return is64 ? Codec<uint64_t>::decodeAll(table, most)
              : Codec<uint32_t>::decodeAll(table, most);
}

Expected<ByteVector> encodeRelr(ArrayRef<uint64_t> places, bool is64) {
  for (auto [index, place] : enumerate(places)) {
    if (place % 2)
      return error("place {0:x} is odd", place);
    if (!is64 && place > UINT32_MAX)
      return error("place {0:x} is not a 32-bit address", place);
    if (index && place <= places[index - 1])
      return error("place {0:x} does not follow {1:x}", place,
                   places[index - 1]);
  }
  return is64 ? Codec<uint64_t>::encode(places)
              : Codec<uint32_t>::encode(places);
}

} // namespace objprelink
