#include "VTable/ImageSymbols.h"
#include "VTable/Names.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Demangle/Demangle.h"
#include <cstring>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// A longer name could be one that the demangler runs out of stack with.
static constexpr size_t kLongestName = 1024;

StringRef shortName(const Image &image, const DynamicSymbol &symbol) {
  const char *name =
      reinterpret_cast<const char *>(image.strings.data()) + symbol.nameOffset;
  return StringRef(name, strnlen(name, kLongestName + 1));
}

bool looksLikeFunction(const Image &image, const DynamicSymbol &symbol) {
  switch (symbol.type) {
  case STT_FUNC:
  case STT_GNU_IFUNC:
    return true;
  case STT_NOTYPE: {
    // Linkers that have not seen the definition leave the type out.
    if (symbol.isUndefined())
      return !isSpecialDataName(shortName(image, symbol));
    const Segment *segment =
        symbol.isInSection() ? image.segmentAt(symbol.value) : nullptr;
    return segment && (segment->flags & PF_X);
  }
  default:
    return false;
  }
}

bool beginsLikeClass(StringRef text) {
  return !text.empty() &&
         (isDigit(text[0]) || StringRef("NSZ").contains(text[0]));
}

bool isClassTypeInfoName(StringRef mangled) {
  return mangled == "N10__cxxabiv117__class_type_infoE" ||
         mangled == "N10__cxxabiv120__si_class_type_infoE" ||
         mangled == "N10__cxxabiv121__vmi_class_type_infoE";
}

/// Whether \p name is that of a destructor (5.1.4.3).
static bool isDestructor(StringRef name) {
  StringRef head = name;
  if (!head.consume_back("Ev") || !head.starts_with("_ZN") ||
      name.size() > kLongestName ||
      !(head.ends_with("D0") || head.ends_with("D1") || head.ends_with("D2")))
    return false;
  // Or a function that is called D0.
  ItaniumPartialDemangler demangler;
  return !demangler.partialDemangle(name.str().c_str()) &&
         demangler.isCtorOrDtor();
}

/// Destructors have no address in C++; thunks and what stands for a deleted
/// function are there for virtual calls.
static SymbolKind classifyFunction(StringRef name) {
  if (name == "__cxa_pure_virtual")
    return SymbolKind::PureVirtual;
  if (name == "__cxa_deleted_virtual" || name.starts_with("_ZTh") ||
      name.starts_with("_ZTv") || name.starts_with("_ZTc") ||
      isDestructor(name))
    return SymbolKind::VTableFunction;
  return name.starts_with("_ZNK") ? SymbolKind::ConstMethod
                                  : SymbolKind::Function;
}

static SymbolKind classify(const Image &image, const DynamicSymbol &symbol) {
  StringRef name = shortName(image, symbol);
  if (looksLikeFunction(image, symbol))
    return classifyFunction(name);
  if (name.consume_front("_ZTI"))
    return beginsLikeClass(name) ? SymbolKind::TypeInfo : SymbolKind::Data;
  return name.consume_front("_ZTV") && isClassTypeInfoName(name)
             ? SymbolKind::ClassTypeInfoVTable
             : SymbolKind::Data;
}

SymbolKind ImageSymbols::kind(const RelocatedWord &word, uint64_t addend) {
  if (word.kind != RelocatedWord::Kind::Symbol)
    return SymbolKind::Unknown;
  const Relocation &relocation = image.relocations[word.relocation];
  if (uint64_t(relocation.addend) != addend)
    return SymbolKind::Unknown;
  SymbolKind &kind = kinds[relocation.symbol];
  if (kind == SymbolKind::Unknown)
    kind = classify(image, image.symbols[relocation.symbol]);
  return kind;
}

StringRef ImageSymbols::name(const RelocatedWord &word) const {
  return shortName(image,
                   image.symbols[image.relocations[word.relocation].symbol]);
}

} // namespace objprelink
