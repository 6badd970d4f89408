//===- LinkAddresses.h - the same address in two links ----------*- C++ -*-===//
//
// Two images that one linker has made of the same inputs, one of them with more
// entries in its PLT and GOT (VerifyLinks.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEVERIFIER_LINKADDRESSES_H
#define OBJPRELINK_IMAGEVERIFIER_LINKADDRESSES_H

#include "ELF/Image.h"
#include "Target/Decoder.h"
#include "Target/Machine.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// A range of addresses of the plain image, and by how much it is further now.
struct MovedRange {
  AddressRange old;
  uint64_t slide = 0;
};

/// Sections of code that come with a PLT, and those with its words.
inline bool isEntryCode(llvm::StringRef name) {
  return name == ".plt" || name == ".plt.sec" || name == ".plt.got";
}
inline bool isEntryWords(llvm::StringRef name) {
  return name == ".got" || name == ".got.plt";
}

class LinkAddresses {
public:
  LinkAddresses(const Image &plain, const Image &now, const Machine &machine,
                const Decoder &decoder)
      : plain(plain), now(now), machine(machine), decoder(decoder) {}

  /// Finds the equal of each section, of each word of the GOT and of the PLT,
  /// and of each entry. What follows is for after that.
  llvm::Error match();

  uint32_t indexNow(uint32_t section) const { return sectionNow[section]; }
  /// Whether a section is to have as many bytes as before.
  bool hasSameSize(uint32_t section) const { return !isResized(section); }
  /// Whether the bytes of a section are to be the same, but for addresses.
  bool hasSameContents(uint32_t section) const;
  /// The section that \p address of the plain image is in, where that is as
  /// large as before; an empty range where it is not.
  MovedRange sectionAt(uint64_t address) const;
  /// The address that \p address of the plain image has now, if it is in such a
  /// section.
  std::optional<uint64_t> inSection(uint64_t address) const;
  /// The same, or that of an entry or its word.
  std::optional<uint64_t> mapped(uint64_t address) const;
  /// Whether \p address of the plain image and \p other are the same thing. The
  /// end of a section may be the beginning of the next one. What is between two
  /// sections has moved as one of them: it is an address of theirs with an
  /// addend.
  bool isSame(uint64_t address, uint64_t other) const;
  /// Whether \p address is in the ELF header, which is where it was.
  static bool isHeader(uint64_t address) { return address < 64; }
  /// Whether some section is further from where it was by \p distance.
  bool isSlide(uint64_t distance) const { return slides.contains(distance); }
  /// From the first to the last address of the plain image in \p range that is
  /// not further from where it was by \p slide.
  AddressRange movedOtherwise(const AddressRange &range, uint64_t slide) const;
  /// Whether \p address is in the GOT or the words of the PLT.
  bool isEntryNow(uint64_t address) const;
  /// Whether the word at \p address is the equal of one in the plain image.
  bool isMappedWord(uint64_t address) const {
    return oldWords.contains(address);
  }
  /// Compares what the words hold until they are bound, and the code that they
  /// lead to until then.
  llvm::Error checkWords() const;

private:
  /// A word of the plain image, its equal, and what relocates it, if anything.
  struct MatchedWord {
    uint64_t was = 0, is = 0;
    const Relocation *relocation = nullptr;
    /// Nothing relocates it, and it is not the word that has the address of the
    /// dynamic table: no address.
    bool isNumber = false;
  };

  llvm::Error matchSections();
  llvm::Error matchWords();
  llvm::Error matchEntries();
  llvm::Error checkTails() const;
  /// Where \p address is now, of several possibilities the first.
  uint64_t probable(uint64_t address) const;
  /// Whether \p number may be an address: it is between sections.
  bool isAddress(uint64_t number) const;
  bool isResized(uint32_t section) const;
  bool isBetween(uint64_t address, uint64_t other) const;

  const Image &plain;
  const Image &now;
  const Machine &machine;
  const Decoder &decoder;
  std::vector<uint32_t> sectionNow;
  /// Loaded sections that are as large as before, by address.
  std::vector<MovedRange> kept;
  /// Those that may not be.
  std::vector<AddressRange> resized;
  llvm::DenseSet<uint64_t> slides;
  /// Where the beginnings and ends of loaded sections are now: the end of one
  /// may be the beginning of the next.
  llvm::DenseMap<uint64_t, llvm::SmallVector<uint64_t, 2>> edges;
  /// Words and entries of the plain image, and where they are now.
  llvm::DenseMap<uint64_t, uint64_t> moved;
  std::vector<MatchedWord> matched;
  llvm::DenseSet<uint64_t> oldWords;
  std::vector<AddressRange> words;
};

} // namespace objprelink

#endif
