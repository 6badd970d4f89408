//===- TypeInfos.h - is this address a std::type_info -----------*- C++ -*-===//

#ifndef OBJPRELINK_VTABLE_TYPEINFOS_H
#define OBJPRELINK_VTABLE_TYPEINFOS_H

#include "VTable/ImageSymbols.h"

namespace objprelink {

/// Knows the type_infos of classes, with and without names.
class TypeInfos {
public:
  TypeInfos(const Image &image, const RelocatedWords &words,
            ImageSymbols &symbols, unsigned wordSize)
      : image(image), words(words), symbols(symbols), wordSize(wordSize) {}

  /// Whether \p word is the address of a type_info of a class.
  bool isReference(const RelocatedWord &word);

private:
  using Kind = RelocatedWord::Kind;

  bool isTypeInfo(uint64_t address);
  bool isClassTypeInfoVTable(const RelocatedWord &word);
  llvm::StringRef typeName(uint64_t address) const;

  const Image &image;
  const RelocatedWords &words;
  ImageSymbols &symbols;
  const uint64_t wordSize;
};

} // namespace objprelink

#endif
