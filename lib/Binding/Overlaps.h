//===- Overlaps.h - relocations at one place --------------------*- C++ -*-===//
//
// ld.so does the relocations of an object one after the other, and where two of
// them are at one place, the later one counts. The runtime writes all words
// first, and ld.so does what is left to it afterwards, in its own order.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_BINDING_OVERLAPS_H
#define OBJPRELINK_BINDING_OVERLAPS_H

#include "Binding/Binding.h"

namespace objprelink {

/// When ld.so does what in an object.
enum class Turn {
  /// Packed relative relocations come first.
  Packed,
  Main,
  /// Those that choose a function are put off to the end of the main table.
  Choice,
  /// Of the PLT: at the start, or at the first call.
  Plt,
};

class Overlaps {
public:
  explicit Overlaps(const Image &image) : image(image) {}

  /// The last word of an object, and the last of its rest, has that turn,
  /// behind all that have been added with it.
  void addWord(const BoundObject &object, Turn turn);
  void addRest(const BoundObject &object, Turn turn);

  /// Takes out of \p object the words that something later replaces. Returns
  /// why the object has to be left to ld.so, or an empty text: a table cannot
  /// have the same result.
  std::string settle(BoundObject &object) const;

private:
  static constexpr size_t kRest = SIZE_MAX;
  /// Bytes that are written to.
  struct Write {
    uint64_t begin, end;
    Turn turn;
    /// Within the turn.
    size_t order;
    /// Index of a word, or kRest.
    size_t word;

    bool isBefore(const Write &other) const {
      return turn != other.turn ? turn < other.turn : order < other.order;
    }
  };
  static bool settlePair(const Write &a, const Write &b,
                         std::vector<bool> &isReplaced);

  const Image &image;
  std::vector<Write> writes;
};

} // namespace objprelink

#endif
