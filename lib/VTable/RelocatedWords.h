//===- RelocatedWords.h - the dynamic relocations by place ------*- C++ -*-===//
//
// Linkers sort relocations by symbol, for the loader. Code that asks what a
// word of data is needs them by place, for some 100,000 words, so this is one
// sorted array that is walked or searched.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_VTABLE_RELOCATEDWORDS_H
#define OBJPRELINK_VTABLE_RELOCATEDWORDS_H

#include "ELF/Image.h"
#include "ELF/RelocationKinds.h"

namespace objprelink {

/// A place that the loader changes.
struct RelocatedWord {
  enum class Kind : uint8_t {
    Symbol,   ///< becomes the address of a symbol, plus an addend
    Relative, ///< becomes an address in the image
    Other,    ///< anything else, or touched by several relocations
  };

  uint64_t place = 0;
  /// Index into Image::relocations, unless it is of another table.
  uint32_t relocation = 0;
  Kind kind = Kind::Other;

  static constexpr uint32_t kOtherTable = ~uint32_t(0);
};

/// All relocations of an image, rising by place.
class RelocatedWords {
public:
  RelocatedWords(const Image &image, const RelocationKinds &kinds);

  llvm::ArrayRef<RelocatedWord> all() const { return words; }
  /// The word at exactly \p place, or null.
  const RelocatedWord *at(uint64_t place) const;
  /// The address that a word of kind Relative becomes.
  uint64_t target(const RelocatedWord &word) const;
  /// A number for what \p word becomes the address of: a target, or one for a
  /// symbol. 0 is unknown.
  uint64_t identity(const RelocatedWord &word) const;
  /// What the file has at \p place, which is in the file.
  uint64_t contents(uint64_t place) const;

private:
  const Image &image;
  const unsigned wordSize;
  std::vector<RelocatedWord> words;
};

} // namespace objprelink

#endif
