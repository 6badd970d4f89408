//===- ResolvedClosure.h - a closure and who has its symbols ----*- C++ -*-===//

#ifndef OBJPRELINK_LOADER_RESOLVEDCLOSURE_H
#define OBJPRELINK_LOADER_RESOLVEDCLOSURE_H

#include "Loader/LookUps.h"

namespace objprelink {

/// A closure with the answers to its look-ups. The tables refer to the images
/// of the libraries, which stay where they are when the closure is moved.
struct ResolvedClosure : Closure {
  /// By index of libraries.
  std::vector<SymbolTable> tables;
  Providers providers;
};

/// Loads the closure and looks up what the relocations of its libraries name.
llvm::Expected<ResolvedClosure> resolveClosure(const ClosureRequest &request);
/// The same, with the look-ups of the libraries of dlopen() alone.
llvm::Expected<ResolvedClosure> resolveOpened(const ClosureRequest &request);

} // namespace objprelink

#endif
