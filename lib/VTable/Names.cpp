#include "VTable/Names.h"
#include "llvm/Demangle/Demangle.h"
#include <cctype>

using namespace llvm;

namespace objprelink {

bool isVTableName(StringRef name) {
  if (!name.consume_front("_ZTV") && !name.consume_front("_ZTC"))
    return false;
  // <class-enum-type>: a source name, a nested or local name, or a
  // substitution. The letters of builtin types do not name classes.
  return !name.empty() && (std::isdigit(static_cast<unsigned char>(name[0])) ||
                           StringRef("NSZ").contains(name[0]));
}

bool isSpecialDataName(StringRef name) {
  if (name.size() < 4 || !name.starts_with("_Z"))
    return false;
  return name[2] == 'T' ? StringRef("VCTIS").contains(name[3])
                        : name.substr(2, 2) == "GV";
}

std::string displayName(StringRef name) {
  if (name.starts_with(".L_Z"))
    name = name.drop_front(2);
  // The demangler calls itself for each letter of some names: one that was made
  // to be long enough would run out of stack.
  constexpr size_t longest = 4096;
  return name.size() > longest ? name.str() : demangle(name);
}

} // namespace objprelink
