#include "Report/Causes.h"
#include "Loader/StartCosts.h"
#include "VTable/ImageSymbols.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

StringRef describe(Cause cause) {
  switch (cause) {
  case Cause::Relative:
    return "relative";
  case Cause::PackedRelative:
    return "packed relative";
  case Cause::DoneInFile:
    return "relative, done in the file";
  case Cause::VTableFunction:
    return "vtable function";
  case Cause::TypeInfo:
    return "typeinfo";
  case Cause::Function:
    return "other function";
  case Cause::Data:
    return "other data";
  case Cause::GlobDat:
    return "GOT word";
  case Cause::JumpSlotEager:
    return "PLT word, eager";
  case Cause::JumpSlotLazy:
    return "PLT word, lazy";
  case Cause::Tls:
    return "thread-local";
  case Cause::IRelative:
    return "indirect function";
  case Cause::Copy:
    return "copy";
  case Cause::Other:
    return "other";
  }
  llvm_unreachable("all causes are listed");
}

Causes::Causes(const Image &image, const Target &target,
               const ImageVTables &vtables, bool lazy)
    : image(image), target(target), lazy(lazy) {
  main.reserve(image.relocations.size());
  for (const Relocation &relocation : image.relocations)
    main.push_back(find(relocation));
  for (const ImageSlot &slot : vtables.slots) {
    const Relocation &relocation = image.relocations[slot.relocation];
    if (!relocation.addend &&
        looksLikeFunction(image, image.symbols[relocation.symbol]))
      main[slot.relocation] = Cause::VTableFunction;
  }
}

Cause Causes::find(const Relocation &relocation) const {
  const uint32_t type = relocation.type;
  if (type == target.relative)
    return isDoneInFile(image, target, relocation) ? Cause::DoneInFile
                                                   : Cause::Relative;
  if (type == target.globDat)
    return Cause::GlobDat;
  if (type == target.copy)
    return Cause::Copy;
  if (type == target.indirectRelative)
    return Cause::IRelative;
  if (type == target.jumpSlot)
    return ofPlt(relocation);
  if (is_contained(target.tlsRelocations, type))
    return Cause::Tls;
  if (type != target.absoluteWord || relocation.symbol >= image.symbols.size())
    return Cause::Other;
  const DynamicSymbol &symbol = image.symbols[relocation.symbol];
  if (symbol.type == ELF::STT_FUNC || symbol.type == ELF::STT_GNU_IFUNC)
    return Cause::Function;
  StringRef name = shortName(image, symbol);
  if (name.starts_with("_ZTI") || name.starts_with("_ZTS") ||
      (name.consume_front("_ZTV") && isClassTypeInfoName(name)))
    return Cause::TypeInfo;
  return Cause::Data;
}

Cause Causes::ofPlt(const Relocation &relocation) const {
  if (relocation.type != target.jumpSlot)
    return relocation.type == target.indirectRelative ? Cause::IRelative
           : is_contained(target.tlsRelocations, relocation.type)
               ? Cause::Tls
               : Cause::Other;
  return lazy ? Cause::JumpSlotLazy : Cause::JumpSlotEager;
}

} // namespace objprelink
