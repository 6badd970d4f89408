//===- Names.h - what the Itanium C++ ABI says by name ----------*- C++ -*-===//

#ifndef OBJPRELINK_VTABLE_NAMES_H
#define OBJPRELINK_VTABLE_NAMES_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace objprelink {

/// Whether \p name is that of a virtual table or of a construction virtual
/// table (Itanium C++ ABI, 5.1.4.1: _ZTV, _ZTC and a class type). A name of C
/// that only begins so is not.
bool isVTableName(llvm::StringRef name);

/// Whether \p name is that of a special object: virtual table, VTT, typeinfo,
/// typeinfo name, guard variable. Everything else that begins with _ZT is a
/// thunk, which is a function.
bool isSpecialDataName(llvm::StringRef name);

/// \p name as C++ writes it, or as it is where it is not a mangled name or is
/// longer than 4,096 characters.
std::string displayName(llvm::StringRef name);

} // namespace objprelink

#endif
