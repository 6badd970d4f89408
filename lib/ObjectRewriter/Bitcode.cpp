#include "ObjectRewriter/Bitcode.h"
#include "Support/Diagnostics.h"

using namespace llvm;

namespace objprelink {

/// Whether a symbol's name begins with \p prefix.
static bool hasSymbol(const Object &object, StringRef prefix) {
  return llvm::any_of(object.symbols, [&](const Symbol &symbol) {
    return object.nameStartsWith(symbol, prefix);
  });
}

/// Whether a section that has all of \p flags has a name that begins with
/// \p prefix. The flags are looked at first: some objects have a hundred
/// thousand sections.
static bool hasSection(const Object &object, StringRef prefix, uint64_t flags) {
  return llvm::any_of(object.sections, [&](const Section &section) {
    return (section.flags & flags) == flags &&
           object.name(section).starts_with(prefix);
  });
}

Error checkBitcode(const Object &object, Diagnostics &diagnostics) {
  if (hasSection(object, ".gnu.lto_", ELF::SHF_EXCLUDE)) {
    if (hasSymbol(object, "__gnu_lto_slim"))
      return error("a slim LTO object has no machine code yet: compile with "
                   "-ffat-lto-objects or without -flto");
    diagnostics.warn(": carries LTO bytecode beside its machine code: only the "
                     "machine code is rewritten, and a link with -flto does "
                     "not use it");
  } else if (hasSection(object, ".llvm.lto", ELF::SHF_EXCLUDE)) {
    diagnostics.warn(": carries LLVM bitcode beside its machine code: only the "
                     "machine code is rewritten, and a link with -flto does "
                     "not use it");
  }
  return Error::success();
}

} // namespace objprelink
