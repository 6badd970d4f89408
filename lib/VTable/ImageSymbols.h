//===- ImageSymbols.h - what words of data refer to by name -----*- C++ -*-===//

#ifndef OBJPRELINK_VTABLE_IMAGESYMBOLS_H
#define OBJPRELINK_VTABLE_IMAGESYMBOLS_H

#include "VTable/RelocatedWords.h"

namespace objprelink {

/// What a dynamic symbol is to one who looks for vtables.
enum class SymbolKind : uint8_t {
  Unknown,
  Data,
  TypeInfo,            ///< the typeinfo of a class
  ClassTypeInfoVTable, ///< the vtable of typeinfos of classes
  Function,
  ConstMethod,    ///< a function that is called with an object
  VTableFunction, ///< a function that only vtables refer to
  PureVirtual,    ///< the one that stands for what an abstract class lacks
};

/// The name of \p symbol, cut after 1,024 characters or so: many symbols may
/// share a name as long as the file.
llvm::StringRef shortName(const Image &image, const DynamicSymbol &symbol);

/// Whether \p symbol can be what a word of a vtable calls.
bool looksLikeFunction(const Image &image, const DynamicSymbol &symbol);

/// Whether \p text begins like the mangled name of a class (Itanium C++ ABI,
/// 5.1.3): a source name, a nested or local name, or a substitution.
bool beginsLikeClass(llvm::StringRef text);

/// Whether \p mangled is one of the classes of type_infos that classes have
/// (2.9.5).
bool isClassTypeInfoName(llvm::StringRef mangled);

/// The kinds of dynamic symbols, each found out when first asked for.
class ImageSymbols {
public:
  explicit ImageSymbols(const Image &image)
      : image(image), kinds(image.symbols.size()) {}

  /// What \p word is the address of; Unknown unless it is \p addend bytes past
  /// a symbol.
  SymbolKind kind(const RelocatedWord &word, uint64_t addend = 0);
  /// The short name of the symbol that \p word, which is of that kind, refers
  /// to.
  llvm::StringRef name(const RelocatedWord &word) const;

private:
  const Image &image;
  std::vector<SymbolKind> kinds;
};

} // namespace objprelink

#endif
