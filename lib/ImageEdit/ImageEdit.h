//===- ImageEdit.h - what a rewrite changes of an image ---------*- C++ -*-===//
//
// Nothing of an image that stays in use moves in memory: a rewrite overwrites
// bytes in place, adds segments above the old ones, and may take pages that
// nothing uses any more out of the file. An ImageEdit holds these changes
// beside the image, whose bytes it refers to, and lays the file out at the end.
// It knows no reasons, no vtables and no machine: callers change bytes, program
// headers, dynamic entries and section headers by address, and offsets in the
// file are computed when everything is known.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_IMAGEEDIT_H
#define OBJPRELINK_IMAGEEDIT_IMAGEEDIT_H

#include "ImageEdit/Addition.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/Error.h"
#include <deque>

namespace objprelink {

/// A section that a rewrite adds after all others. One without an address is
/// not allocated and brings its contents.
struct AddedSection {
  std::string name;
  Section header;
  ByteVector contents;
};

/// A local symbol that a rewrite adds for code of an added section.
struct AddedSymbol {
  std::string name;
  uint64_t address = 0;
  uint64_t size = 0;
  uint32_t section = 0; ///< index into ImageEdit::addedSections
};

/// A part of the old file, in terms of the new one.
struct OldRange {
  uint64_t size = 0;
  /// Where the same bytes are in the new file.
  std::optional<uint64_t> newOffset;
  /// What they were, where they are not in it.
  Bytes bytes;
};

/// A table of the old image and its new address.
struct TableMove {
  AddressRange from;
  uint64_t to = 0;
};

/// Where what was at \p address is after \p moves, all made at once.
uint64_t addressAfter(llvm::ArrayRef<TableMove> moves, uint64_t address);

/// Where bytes begin that follow all that \p image describes, if there are any
/// but zeros: an archive, a signature, something that only its program knows.
std::optional<uint64_t> findOverlay(const Image &image);

class ImageEdit {
public:
  explicit ImageEdit(const Image &image);

  const Image &image;
  /// The program headers of the result. Offsets are found by layout().
  std::vector<Segment> segments;
  /// The section headers of the result, none where the image has none.
  std::vector<Section> sections;
  std::vector<AddedSection> addedSections;
  /// For the .symtab of the result, if the image has one; by address.
  std::vector<AddedSymbol> addedSymbols;

  /// All addresses here are those of the old image. In the new file each is
  /// larger by this.
  uint64_t shift = 0;
  /// Each of another table.
  std::vector<TableMove> moves;
  /// What gets a place by makeRoom(), and ranges of read-only memory that
  /// nothing uses any more, where it may be.
  std::deque<Addition> additions;
  std::vector<AddressRange> freed;

  Addition &add(Addition addition) {
    return additions.emplace_back(std::move(addition));
  }
  /// The section header of the result that described \p old, or null. Others
  /// may have moved to where that was.
  Section *headerOf(const AddressRange &old, uint32_t type);
  /// Has the header of what \p addition replaces follow it, or else adds a
  /// section for it.
  void describe(const Addition &addition);
  /// Refuses new sections with names that old ones have: they are known by
  /// them.
  llvm::Error checkNewNames() const;

  /// Adds a loadable segment above all others, full of zeros, on a page of its
  /// own.
  void addSegment(uint64_t address, uint64_t size, uint32_t flags);
  /// Lets the loadable segment that holds \p end - 1, its last byte in file and
  /// in memory, go on to \p newEnd in the same page. The bytes there in the
  /// file must be nobody's.
  void extendSegment(uint64_t end, uint64_t newEnd);
  /// Lets the last loadable segment, which is the last in the file, too, go on
  /// to \p newEnd. All of its memory is in the file then, new bytes as zeros.
  void extendLastSegment(uint64_t newEnd);
  /// Lets the loadable segment that begins at \p begin, and PT_GNU_RELRO if it
  /// begins there, too, begin at \p newBegin in the same page. The bytes there
  /// in the file must be nobody's.
  void lowerSegment(uint64_t begin, uint64_t newBegin);
  /// Takes the pages of the old file at [offset, offset + size) out of it. No
  /// segment may refer to them any more.
  void cut(uint64_t offset, uint64_t size);
  /// Keeps what follows everything else in the old file, from \p offset on, at
  /// the end of the new one.
  void keepOverlay(uint64_t offset) { overlay = offset; }

  /// Overwrites memory that is in the file contents of a segment.
  void write(uint64_t address, Bytes bytes);
  void writeZeros(uint64_t address, uint64_t size);
  void writeWord(uint64_t address, uint64_t value);
  /// Writes an address into the word at \p place, as it is in the new file.
  void writeAddress(uint64_t place, uint64_t address) {
    writeWord(place, address + shift);
  }
  void write32(uint64_t address, uint32_t value);

  std::optional<uint64_t> dynamicValue(int64_t tag) const;
  void setDynamic(int64_t tag, uint64_t value);
  void removeDynamic(int64_t tag);
  /// Puts an entry behind DT_NULL, where the loader does not look.
  void setDynamicRest(const DynamicEntry &entry) { dynamicRest = entry; }
  /// How many entries more the dynamic table has room for.
  uint64_t spareDynamicEntries() const;
  /// Whether it has room for those that there are.
  bool hasDynamicRoom() const;

  /// Finds the offsets of what is loaded and the order of the section headers,
  /// and writes program headers and the dynamic table. After it only bytes
  /// change, and sections without an address may be added.
  llvm::Error layout();
  /// The program headers as they are in the file, after layout().
  llvm::ArrayRef<Segment> placedSegments() const { return placed; }
  /// The old file in terms of the new one, in order, after layout().
  std::vector<OldRange> oldRanges() const;
  /// Where the name of an added section will be among all names.
  uint64_t nameOffset(size_t added) const;
  /// Writes the section headers and the ELF header, after layout().
  llvm::Error finish();

  /// The file, after finish(). Refers to the image's bytes and to this.
  Extents extents() const;

private:
  /// A segment's contents that the old file does not have.
  struct NewMemory {
    uint64_t address = 0;
    uint64_t offset = 0;
    llvm::MutableArrayRef<uint8_t> bytes;
  };
  struct OffsetRange {
    uint64_t offset;
    uint64_t size;
  };
  static constexpr uint64_t kBlock = 4096;

  void addMemory(uint64_t address, uint64_t size);
  uint64_t oldFileEnd(const Segment &segment) const;

  uint8_t *writableBlock(uint64_t block);
  void writeOld(uint64_t offset, Bytes bytes);
  const NewMemory *newMemoryAt(uint64_t address) const;
  /// Where \p address is in the old file.
  std::optional<uint64_t> oldOffsetAt(uint64_t address) const;
  uint64_t newOffset(uint64_t oldOffset) const;
  uint64_t newEmptyOffset(uint64_t oldOffset) const;
  std::optional<uint64_t> newOffsetAt(uint64_t address) const;
  uint64_t oldLoadedEnd() const;
  void findOldEnd();
  void placeMemory();
  void orderSections();
  void followSections();
  void shiftEntryAndSymbols();
  void findSymbolTable();
  bool isRemade(uint32_t section) const;
  void renumberRelocations();
  ByteVector encodeSymbols(uint64_t nameOffset) const;
  void appendToTail(Section &section, Extents contents);
  void remakeSymbolTable();
  ByteVector placeSections();
  void writeSegments();
  llvm::Error writeDynamic();
  void showOld(uint64_t begin, uint64_t end,
               llvm::function_ref<void(Bytes, bool isOld)> show) const;

  std::vector<DynamicEntry> dynamic;
  std::optional<DynamicEntry> dynamicRest;
  std::vector<NewMemory> memory;
  /// Where the new bytes of a segment that was extended begin.
  std::optional<uint64_t> extendedAt;
  std::vector<OffsetRange> cuts;
  /// Copies of the blocks of the old file that were written to, by number.
  llvm::DenseMap<uint64_t, uint8_t *> blocks;
  uint64_t lastBlock = UINT64_MAX;
  uint8_t *lastBytes = nullptr;
  llvm::BumpPtrAllocator allocator;
  /// From here on the old file has nothing but section names and headers,
  /// which are made anew, and the overlay.
  uint64_t oldEnd = 0;
  std::optional<uint64_t> overlay;
  std::vector<Segment> placed;
  /// Sections whose contents are made anew for added symbols; 0 is none.
  uint32_t symbolTableIndex = 0;
  uint32_t symbolNamesIndex = 0;
  /// The new index of each section: of the old ones, then of the added ones.
  std::vector<uint32_t> sectionIndex;
  /// The old file's loaded contents end here; new segments follow, and push
  /// the rest of it by so many bytes.
  uint64_t loadedEnd = 0;
  uint64_t pushed = 0;
  /// The end of what layout() has placed.
  uint64_t placedEnd = 0;
  Extents tail;
};

} // namespace objprelink

#endif
