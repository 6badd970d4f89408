//===- VTableShapes.cpp - vtables by their looks --------------------------===//
//
// A virtual table (Itanium C++ ABI, 2.5.2) is, from the word before its
// typeinfo on:
//
//   offset to top    a number: 0, or how far a base is inside its object
//   typeinfo         the address of the type_info of a class, or 0
//   functions        addresses of functions
//
// Tables of C functions look like the third part and are common, so the
// typeinfo is what decides. Without RTTI it is a zero; then one of the
// functions must be such that only vtables refer to it. What stands before the
// offset to top (offsets of virtual bases and virtual calls) holds no address
// and does not matter.
//
// A table ends where something else begins: a word that is no function, data
// with a name, the end of a section. What follows without a name and begins
// with functions cannot be told apart; compilers put vtables into sections of
// their own, and linkers keep those together.
//
//===----------------------------------------------------------------------===//

#include "VTable/VTableShapes.h"
#include "VTable/TypeInfos.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
/// Words that are functions, one behind the other.
struct Run {
  uint64_t end = 0;
  /// The first relocated word at or after the end.
  size_t next = 0;
  bool hasSlot = false;
  /// Whether it is one of a vtable even without typeinfo.
  bool isSure = false;
  bool hasPureVirtual = false;
};

/// What may be a vtable: a number, a typeinfo or zero, and something else.
struct Candidate {
  uint64_t begin = 0;
  /// Where unknown data ends, at the first function or after it.
  uint64_t limit = 0;
  /// The first relocated word from the functions on.
  size_t next = 0;
  /// The number of its class (typeOf); 0 where there is no typeinfo.
  uint64_t type = 0;
};

class Search {
public:
  Search(const Image &image, const RelocatedWords &words,
         const KnownData &known, unsigned wordSize);
  std::vector<ImageVTable> find();

private:
  using Word = RelocatedWord;

  bool isExecutable(uint64_t address) const;
  bool isFunction(const Word &word);
  bool isPlain(uint64_t begin, uint64_t end, size_t next) const;
  bool isOffsetToTop(uint64_t place) const;
  bool isZeroPair(const Run &run, uint64_t limit);
  void append(Run &run);
  Run walk(const Candidate &candidate, bool isAbstract);
  uint64_t typeOf(const Word &word) const;
  std::optional<Candidate> candidateAt(size_t first);
  void findAbstractTypes();

  const Image &image;
  const RelocatedWords &words;
  const ArrayRef<RelocatedWord> all;
  const KnownData &known;
  const unsigned wordSize;
  ImageSymbols symbols;
  TypeInfos typeInfos;
  /// Where code is, by address.
  std::vector<AddressRange> code;
  /// What is constant after relocation; all of memory where nothing is.
  AddressRange constant = {0, ~uint64_t(0)};
  /// The classes that have pure virtual functions, in order.
  std::vector<uint64_t> abstractTypes;
  std::vector<ImageVTable> tables;
};
} // namespace

Search::Search(const Image &image, const RelocatedWords &words,
               const KnownData &known, unsigned wordSize)
    : image(image), words(words), all(words.all()), known(known),
      wordSize(wordSize), symbols(image),
      typeInfos(image, words, symbols, wordSize) {
  for (const Segment &segment : image.segments)
    if (segment.type == PT_GNU_RELRO)
      constant = {segment.address, segment.memorySize};
  // Segments of code hold strings and the like too with some linkers.
  for (const Section &section : image.sections)
    if ((section.flags & SHF_ALLOC) && (section.flags & SHF_EXECINSTR))
      code.push_back({section.address, section.size});
  if (code.empty())
    for (uint32_t index : image.loadable)
      if (image.segments[index].flags & PF_X)
        code.push_back(
            {image.segments[index].address, image.segments[index].memorySize});
  llvm::sort(code, [](const AddressRange &a, const AddressRange &b) {
    return a.address < b.address;
  });
}

bool Search::isExecutable(uint64_t address) const {
  const auto after = partition_point(code, [&](const AddressRange &range) {
    return range.address <= address;
  });
  return after != code.begin() && std::prev(after)->contains(address);
}

bool Search::isFunction(const Word &word) {
  if (word.kind == Word::Kind::Relative)
    return isExecutable(words.target(word));
  return symbols.kind(word) >= SymbolKind::Function;
}

/// Whether the loader leaves the bytes from \p begin to \p end alone; \p next
/// is the first relocated word that is not before them.
bool Search::isPlain(uint64_t begin, uint64_t end, size_t next) const {
  return (!next || begin - all[next - 1].place >= wordSize) &&
         (next == all.size() || all[next].place >= end);
}

/// A base with virtual functions is aligned like a pointer.
bool Search::isOffsetToTop(uint64_t place) const {
  constexpr int64_t furthest = 1 << 24;
  const uint64_t value = words.contents(place);
  const int64_t offset = wordSize == 8 ? int64_t(value) : int32_t(value);
  return offset % wordSize == 0 && offset < furthest && offset > -furthest;
}

/// Whether two zeros and a function are at the end of \p run.
bool Search::isZeroPair(const Run &run, uint64_t limit) {
  const uint64_t end = run.end + 2 * wordSize;
  return run.next < all.size() && all[run.next].place == end && end < limit &&
         isPlain(run.end, end, run.next) && isFunction(all[run.next]) &&
         !words.contents(run.end) && !words.contents(run.end + wordSize);
}

/// Appends the word at the end of \p run, which is a function.
void Search::append(Run &run) {
  const SymbolKind kind = symbols.kind(all[run.next]);
  run.hasSlot |= all[run.next].kind == Word::Kind::Symbol;
  run.hasPureVirtual |= kind == SymbolKind::PureVirtual;
  run.isSure |= kind >= SymbolKind::VTableFunction;
  // The address of a method is data in pointers to members only, and there a
  // number follows it.
  const Word *previous = run.next ? &all[run.next - 1] : nullptr;
  run.isSure |= run.hasSlot && previous &&
                previous->place + wordSize == run.end &&
                symbols.kind(*previous) == SymbolKind::ConstMethod;
  run.end += wordSize;
  ++run.next;
}

/// Walks the functions of \p candidate.
///
/// The complete and the deleting destructor of an abstract class are never
/// called by way of its own vtable, and GCC leaves their words zero. Padding is
/// zero too, and other data with functions may follow it, so zeros are part of
/// a table only where the class \p isAbstract.
Run Search::walk(const Candidate &candidate, bool isAbstract) {
  Run run, beforeZeros;
  run.end = candidate.begin + 2 * wordSize;
  run.next = candidate.next;
  bool hasZeros = false;
  while (candidate.limit - run.end >= wordSize && run.next < all.size()) {
    if (!hasZeros && isZeroPair(run, candidate.limit)) {
      hasZeros = true;
      beforeZeros = run;
      run.end += 2 * wordSize;
    }
    if (all[run.next].place != run.end || !isFunction(all[run.next]))
      break;
    append(run);
  }
  return !hasZeros || isAbstract || run.hasPureVirtual ? run : beforeZeros;
}

/// A number for the class whose typeinfo is the address in \p word.
uint64_t Search::typeOf(const Word &word) const {
  if (word.kind == Word::Kind::Relative)
    return words.target(word);
  return word.kind == Word::Kind::Symbol
             ? ~uint64_t(image.relocations[word.relocation].symbol)
             : 0;
}

/// The candidate whose typeinfo, or first function where there is none, is the
/// relocated word \p first.
std::optional<Candidate> Search::candidateAt(size_t first) {
  const Word &word = all[first];
  const bool hasTypeInfo = !isFunction(word);
  const unsigned before = (hasTypeInfo ? 1 : 2) * wordSize;
  Candidate out;
  out.begin = word.place - before;
  if (word.place % wordSize || word.place < before ||
      !constant.contains(word.place) ||
      !isPlain(out.begin, word.place, first) || !isOffsetToTop(out.begin) ||
      (!hasTypeInfo && words.contents(out.begin + wordSize)))
    return std::nullopt;
  const uint64_t unknown = known.unknownUntil(out.begin) - out.begin;
  const uint64_t inFile = image.contentsFrom(out.begin).size();
  if (std::min(unknown, inFile) < 2 * wordSize)
    return std::nullopt;
  out.limit = out.begin + std::min(unknown, inFile);
  out.next = first + hasTypeInfo;
  out.type = hasTypeInfo ? typeOf(word) : 0;
  if (hasTypeInfo && !out.type)
    return std::nullopt;
  return out;
}

/// The class of a group of tables is abstract where one of them says so.
void Search::findAbstractTypes() {
  for (size_t first = 0; first < all.size(); ++first)
    if (const std::optional<Candidate> candidate = candidateAt(first))
      if (candidate->type && walk(*candidate, true).hasPureVirtual)
        abstractTypes.push_back(candidate->type);
  llvm::sort(abstractTypes);
}

std::vector<ImageVTable> Search::find() {
  findAbstractTypes();
  for (size_t first = 0; first < all.size();) {
    const Word &word = all[first++];
    const std::optional<Candidate> candidate = candidateAt(first - 1);
    if (!candidate)
      continue;
    const Run run =
        walk(*candidate, llvm::binary_search(abstractTypes, candidate->type));
    const bool hasTypeInfo = candidate->type != 0;
    if (!run.hasSlot ||
        !(hasTypeInfo ? typeInfos.isReference(word) : run.isSure))
      continue;
    tables.push_back({candidate->begin, run.end, "", Evidence::Shape});
    first = run.next;
  }
  return std::move(tables);
}

std::vector<ImageVTable> findVTableShapes(const Image &image,
                                          const RelocatedWords &words,
                                          const KnownData &known,
                                          unsigned wordSize) {
  return Search(image, words, known, wordSize).find();
}

} // namespace objprelink
