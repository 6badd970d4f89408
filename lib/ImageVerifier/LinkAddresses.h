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

class LinkAddresses {
public:
  LinkAddresses(const Image &plain, const Image &now, const Machine &machine,
                const Decoder &decoder)
      : plain(plain), now(now), machine(machine), decoder(decoder) {}

  /// Finds the equal of each section, of each word of the GOT and of the PLT,
  /// and of each entry. What follows is for after that.
  llvm::Error match();

  uint32_t indexNow(uint32_t section) const { return sectionNow[section]; }
  /// Whether the bytes of a section are to be the same, but for addresses.
  bool hasSameContents(uint32_t section) const;
  /// The address that \p address of the plain image has now, where it is in a
  /// section that is as large as before.
  std::optional<uint64_t> inSection(uint64_t address) const;
  /// The same, or that of an entry or its word.
  std::optional<uint64_t> mapped(uint64_t address) const;
  /// Whether \p address of the plain image and \p other are the same thing.
  bool isSame(uint64_t address, uint64_t other) const;
  /// Whether \p address is in the ELF header, which is where it was.
  static bool isHeader(uint64_t address) { return address < 64; }
  /// Whether some section is further from where it was by \p distance.
  bool isSlide(uint64_t distance) const { return slides.contains(distance); }
  /// Whether \p address is in the GOT or the words of the PLT.
  bool isEntryNow(uint64_t address) const;
  /// Whether the word at \p address is the equal of one in the plain image.
  bool isMappedWord(uint64_t address) const {
    return oldWords.contains(address);
  }
  /// Compares what the words hold until they are bound.
  llvm::Error checkWords() const;

private:
  llvm::Error matchSections();
  llvm::Error matchWords();
  llvm::Error matchEntries();
  bool isResized(uint32_t section) const;

  const Image &plain;
  const Image &now;
  const Machine &machine;
  const Decoder &decoder;
  std::vector<uint32_t> sectionNow;
  /// Loaded sections that are as large as before, by address.
  std::vector<uint32_t> kept;
  llvm::DenseSet<uint64_t> slides;
  /// Where the beginnings and ends of loaded sections are now: the end of one
  /// may be the beginning of the next.
  llvm::DenseMap<uint64_t, llvm::SmallVector<uint64_t, 2>> edges;
  /// Words and entries that are somewhere else now.
  llvm::DenseMap<uint64_t, uint64_t> moved;
  llvm::DenseSet<uint64_t> oldWords;
  std::vector<AddressRange> words;
};

} // namespace objprelink

#endif
