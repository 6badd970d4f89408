//===- TypeInfos.cpp - is this address a std::type_info -------------------===//
//
// A type_info (Itanium C++ ABI, 2.9.4) holds the address of the functions of
// its own vtable and the address of a name. The type_infos of classes have one
// of three vtables. Mostly these vtables are in the C++ library and so have a
// symbol. If a program has that library in it, they are found by the type_info
// that they refer to, whose name says of which class it is.
//
//===----------------------------------------------------------------------===//

#include "VTable/TypeInfos.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace objprelink {

bool TypeInfos::isReference(const RelocatedWord &word) {
  if (word.kind == Kind::Relative)
    return isTypeInfo(words.target(word));
  return symbols.kind(word) == SymbolKind::TypeInfo;
}

bool TypeInfos::isTypeInfo(uint64_t address) {
  const RelocatedWord *word = words.at(address);
  return word && address % wordSize == 0 && isClassTypeInfoVTable(*word) &&
         !typeName(address).empty();
}

/// The beginning of the name of the type_info at \p address, without the mark
/// of names that are not unique; empty where it is not the name of a class.
StringRef TypeInfos::typeName(uint64_t address) const {
  // Longer than the names that others look for; and a name may be as long as
  // the file, with a type_info for each eighth byte of it.
  constexpr size_t longest = 48;
  const RelocatedWord *word = words.at(address + wordSize);
  if (!word)
    return "";
  StringRef text;
  if (word->kind == Kind::Symbol) {
    text = symbols.name(*word).take_front(4 + longest);
    if (image.relocations[word->relocation].addend ||
        !text.consume_front("_ZTS"))
      return "";
  } else if (word->kind == Kind::Relative) {
    text = toStringRef(image.contentsFrom(words.target(*word)));
    text.consume_front("*");
    text = text.take_front(longest).take_until([](char c) { return !c; });
  }
  const bool isName =
      beginsLikeClass(text) && all_of(text, [](char c) {
        return isAlnum(c) || StringRef("_.$").contains(c) || (c & 0x80);
      });
  return isName ? text : "";
}

/// Whether \p word is the address point of the vtable of a type_info.
bool TypeInfos::isClassTypeInfoVTable(const RelocatedWord &word) {
  if (word.kind != Kind::Relative)
    return symbols.kind(word, 2 * wordSize) == SymbolKind::ClassTypeInfoVTable;
  const RelocatedWord *type = words.at(words.target(word) - wordSize);
  if (!type)
    return false;
  if (type->kind == Kind::Relative)
    return isClassTypeInfoName(typeName(words.target(*type)));
  return symbols.kind(*type) == SymbolKind::TypeInfo &&
         isClassTypeInfoName(symbols.name(*type).drop_front(4));
}

} // namespace objprelink
