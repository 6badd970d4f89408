//===- Instrumentation.h - code that looks at what it calls -----*- C++ -*-===//
//
// Some compilers' checks and profiles look at the address that a virtual call
// goes to, or guard the vtables, and would not know a stub. This file finds
// such code, in objects and images alike.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_VTABLE_INSTRUMENTATION_H
#define OBJPRELINK_VTABLE_INSTRUMENTATION_H

#include "ELF/Image.h"
#include "ELF/Object.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace objprelink {

struct Instrumentation {
  /// What the code was compiled with, why its slots must stay, and by what it
  /// was known.
  std::string reason;
  /// The program would end at a stub. Otherwise it would run, but would not
  /// learn what it is made to learn, or would be less guarded.
  bool guards = false;
};

/// What is found in \p object first, in the order of Instrumentation.cpp. Asked
/// when there are slots to redirect: all symbols and all code are read.
std::optional<Instrumentation> findInstrumentation(const Object &object);

/// The same for a finished image. Without section headers, or with no symbol
/// but those that the loader needs, less is found: docs/safety.md says what.
llvm::Expected<std::optional<Instrumentation>>
findInstrumentation(const Image &image);

} // namespace objprelink

#endif
