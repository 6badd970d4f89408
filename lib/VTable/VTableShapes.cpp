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
// typeinfo decides. Without RTTI it is a zero; then one of the functions must
// be one that only vtables refer to. A type_info must be one without doubt, so
// that tables of C functions are left alone (TypeInfos.cpp).
//
// A table ends where something else begins: a word that is no function, data
// with a name, the end of a section. What follows without a name and begins
// with functions cannot be told apart; compilers put vtables into sections of
// their own, and linkers keep those together.
//
// Two words inside may be zero: the complete and the deleting destructor of an
// abstract class are never called by way of its own vtable, and GCC leaves them
// out. Padding behind a table is zero too, and other data may follow that. So
// the zeros count only where the class is known to be abstract, or where the
// function behind them is at the same place in another table, behind what may
// be destructors, as it is in the tables of all classes with the same base.
//
// With the symbols of all vtables hidden, the search finds 99.93 % of 189,669
// named slots in 2,752 x86-64 images, and all of 7,812 in 909 i386 images. It
// takes no slot in other named data. With all data symbols hidden, 0.014 % of
// the hits are function tables that follow a vtable without a gap. All misses
// are in images built without RTTI. utils/trials/measure-blind-vtables repeats
// the measurement.
//
//===----------------------------------------------------------------------===//

#include "VTable/VTableShapes.h"
#include "VTable/TypeInfos.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
/// What may be a vtable: a number, a typeinfo or zero, and more unknown data.
struct Candidate {
  /// The relocated word that is its typeinfo, or its first function where it
  /// has none.
  size_t first = 0;
  uint64_t begin = 0;
  uint64_t functions = 0;
  /// Where the unknown data ends.
  uint64_t limit = 0;
  /// The first relocated word from the functions on.
  size_t next = 0;
  bool hasTypeInfo = false;
};

/// The functions of a candidate.
struct Run {
  uint64_t end = 0;
  /// The first relocated word at or after the end.
  size_t next = 0;
  bool hasSlot = false;
  bool hasPureVirtual = false;
  /// Whether they are of a vtable even without typeinfo.
  bool isSure = false;
};

class Search {
public:
  Search(const Image &image, const RelocatedWords &words,
         const KnownData &known, unsigned wordSize);
  std::vector<ImageVTable> find();

private:
  using Word = RelocatedWord;
  /// What is the address in a word, and which function of the table that is.
  using Function = std::pair<uint64_t, uint64_t>;

  bool isExecutable(uint64_t address) const;
  bool isFunction(const Word &word);
  bool isPlain(uint64_t begin, uint64_t end, size_t next) const;
  bool isOffsetToTop(uint64_t place) const;
  std::optional<Candidate> candidateAt(size_t first);
  void findCandidates();
  bool isZeroPair(const Run &run, uint64_t limit);
  Function functionAt(const Candidate &candidate, size_t word) const;
  bool followsDestructors(const Candidate &candidate, size_t word);
  void append(const Candidate &candidate, Run &run);
  Run walk(const Candidate &candidate, bool takeZeros);
  void learn();

  const Image &image;
  const RelocatedWords &words;
  const ArrayRef<RelocatedWord> all;
  const KnownData &known;
  const uint64_t wordSize;
  ImageSymbols symbols;
  TypeInfos typeInfos;
  /// Where code is, by address.
  std::vector<AddressRange> code;
  /// What is constant after relocation; all of memory where nothing is.
  AddressRange constant = {0, ~uint64_t(0)};
  std::vector<Candidate> candidates; ///< by address
  /// From tables with typeinfo: that of classes with pure virtual functions,
  /// and the functions behind what may be two destructors. Both in order.
  std::vector<uint64_t> abstractTypes;
  std::vector<Function> virtuals;
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

std::optional<Candidate> Search::candidateAt(size_t first) {
  const Word &word = all[first];
  // Most words follow another one.
  if (first && word.place - all[first - 1].place < 2 * wordSize)
    return std::nullopt;
  Candidate out;
  out.first = first;
  out.hasTypeInfo = !isFunction(word);
  out.next = first + out.hasTypeInfo;
  const uint64_t before = (out.hasTypeInfo ? 1 : 2) * wordSize;
  if (word.place % wordSize || word.place < before ||
      !constant.contains(word.place))
    return std::nullopt;
  out.begin = word.place - before;
  out.functions = out.begin + 2 * wordSize;
  if (!isPlain(out.begin, word.place, first) || !isOffsetToTop(out.begin) ||
      (!out.hasTypeInfo && words.contents(out.begin + wordSize)))
    return std::nullopt;
  const uint64_t unknown = known.unknownUntil(out.begin) - out.begin;
  const uint64_t inFile = image.contentsFrom(out.begin).size();
  out.limit = out.begin + std::min(unknown, inFile);
  return out.limit > out.functions ? std::optional(out) : std::nullopt;
}

void Search::findCandidates() {
  for (size_t first = 0; first < all.size(); ++first)
    if (const std::optional<Candidate> candidate = candidateAt(first))
      candidates.push_back(*candidate);
}

/// Whether two zeros and a function are at the end of \p run, all of them
/// before \p limit.
bool Search::isZeroPair(const Run &run, uint64_t limit) {
  return limit - run.end >= 3 * wordSize && run.next < all.size() &&
         all[run.next].place == run.end + 2 * wordSize &&
         isFunction(all[run.next]) && !words.contents(run.end) &&
         !words.contents(run.end + wordSize);
}

Search::Function Search::functionAt(const Candidate &candidate,
                                    size_t word) const {
  return {words.identity(all[word]), all[word].place - candidate.functions};
}

/// Whether the two functions before \p word may be destructors: they are of
/// vtables only, or have no name.
bool Search::followsDestructors(const Candidate &candidate, size_t word) {
  return word - candidate.next >= 2 &&
         llvm::all_of(all.slice(word - 2, 2), [&](const Word &before) {
           return before.kind == Word::Kind::Relative ||
                  symbols.kind(before) == SymbolKind::VTableFunction;
         });
}

/// Appends the word at the end of \p run, which is a function.
void Search::append(const Candidate &candidate, Run &run) {
  const Word &word = all[run.next];
  const SymbolKind kind = symbols.kind(word);
  run.hasSlot |= word.kind == Word::Kind::Symbol;
  run.hasPureVirtual |= kind == SymbolKind::PureVirtual;
  // The address of a method is data in pointers to members only, and there a
  // number follows it.
  const bool followsMethod =
      run.end > candidate.functions &&
      symbols.kind(all[run.next - 1]) == SymbolKind::ConstMethod;
  run.isSure |=
      kind >= SymbolKind::VTableFunction || followsMethod ||
      (!candidate.hasTypeInfo &&
       llvm::binary_search(virtuals, functionAt(candidate, run.next)));
  run.end += wordSize;
  ++run.next;
}

/// Walks the functions of \p candidate; past zeros if they belong to it or
/// \p takeZeros.
Run Search::walk(const Candidate &candidate, bool takeZeros) {
  Run run, beforeZeros;
  run.end = candidate.functions;
  run.next = candidate.next;
  bool hasZeros = false;
  while (candidate.limit - run.end >= wordSize && run.next < all.size()) {
    if (!hasZeros && isZeroPair(run, candidate.limit)) {
      hasZeros = true;
      beforeZeros = run;
      run.end += 2 * wordSize;
      takeZeros |=
          llvm::binary_search(virtuals, functionAt(candidate, run.next));
    }
    if (all[run.next].place != run.end || !isFunction(all[run.next]))
      break;
    append(candidate, run);
  }
  return !hasZeros || takeZeros || run.hasPureVirtual ? run : beforeZeros;
}

/// Learns from the tables with typeinfo what walk() asks for.
void Search::learn() {
  std::vector<Function> functions;
  for (const Candidate &candidate : candidates) {
    if (!candidate.hasTypeInfo || !typeInfos.isReference(all[candidate.first]))
      continue;
    const Run certain = walk(candidate, false);
    for (size_t i = candidate.next; i < certain.next; ++i)
      if (followsDestructors(candidate, i))
        functions.push_back(functionAt(candidate, i));
    if (walk(candidate, true).hasPureVirtual)
      abstractTypes.push_back(words.identity(all[candidate.first]));
  }
  llvm::sort(functions);
  virtuals = std::move(functions);
  llvm::sort(abstractTypes);
}

std::vector<ImageVTable> Search::find() {
  findCandidates();
  learn();
  std::vector<ImageVTable> tables;
  size_t next = 0;
  for (const Candidate &candidate : candidates) {
    if (candidate.first < next)
      continue;
    const Word &word = all[candidate.first];
    const Run run =
        walk(candidate,
             candidate.hasTypeInfo &&
                 llvm::binary_search(abstractTypes, words.identity(word)));
    if (!run.hasSlot ||
        !(candidate.hasTypeInfo ? typeInfos.isReference(word) : run.isSure))
      continue;
    tables.push_back({candidate.begin, run.end, "", Evidence::Shape});
    next = run.next;
  }
  return tables;
}

std::vector<ImageVTable> findVTableShapes(const Image &image,
                                          const RelocatedWords &words,
                                          const KnownData &known,
                                          unsigned wordSize) {
  return Search(image, words, known, wordSize).find();
}

} // namespace objprelink
