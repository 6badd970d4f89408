//===- EntryCode.h - the code that redirected slots lead to -----*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_ENTRYCODE_H
#define OBJPRELINK_IMAGEREWRITER_ENTRYCODE_H

#include "ImageRewriter/ImagePlan.h"

namespace objprelink {

/// Where the code and what it refers to are. The size of the code does not
/// depend on it, nor what is where in the code: so a draft with other addresses
/// says where the header is.
struct EntryAddresses {
  uint64_t code = 0;
  uint64_t header = 0; ///< what lazy entries go on to
  uint64_t got = 0;    ///< DT_PLTGOT
  uint64_t words = 0;  ///< those of ImagePlan::lazyWords that do not stay
  /// The index in DT_JMPREL of the relocation of the first of these.
  uint32_t firstIndex = 0;

  uint64_t of(const LazyWord &word, unsigned wordSize) const {
    return word.stays ? word.place : words + word.position * wordSize;
  }
};

/// A part of the code that has a name of its own.
struct CodePiece {
  enum class Kind : uint8_t {
    Header,   ///< what lazy entries go on to
    Relay,    ///< a jump through a word that is bound when the image loads
    Lazy,     ///< a lazy entry with its tail
    LazyTail, ///< the tail of an entry that the image has
  };
  Kind kind = Kind::Header;
  uint32_t symbol = 0; ///< the function; not of Header
  uint64_t begin = 0;
  uint64_t end = 0;
};

struct EntryCode {
  ImageCode code;
  /// Where what lazy entries go on to begins, if there are any.
  uint64_t header = 0;
  /// All of the code but padding, by address.
  std::vector<CodePiece> pieces;
  /// The code of each of ImagePlan::functions, but of an old entry.
  std::vector<uint64_t> functions;
  /// What each of ImagePlan::lazyWords holds until it is bound.
  std::vector<uint64_t> tails;
};

EntryCode makeEntryCode(const ImagePlan &plan, const EntryAddresses &at);

/// Linkers begin DT_PLTGOT's table with the address of the dynamic table and
/// two words for ld.so, also where nothing is lazy. ld.so writes to them before
/// it makes RELRO read-only, so they may be there, and are safest there.
bool hasGotHeader(const Image &image);

} // namespace objprelink

#endif
