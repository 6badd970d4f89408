//===- RelocationOrder.h - when ld.so relocates what ------------*- C++ -*-===//

#ifndef OBJPRELINK_LOADER_RELOCATIONORDER_H
#define OBJPRELINK_LOADER_RELOCATIONORDER_H

#include "Loader/Closure.h"

namespace objprelink {

/// The libraries of \p closure in the order in which ld.so relocates them, the
/// program last: what is needed before what needs it, as far as that is
/// possible. The user's tunable glibc.rtld.dynamic_sort is not known here.
std::vector<uint32_t> relocationOrder(const Closure &closure);

/// Whether the C library of the start is glibc's, of \p version ("GLIBC_2.35")
/// or a later one.
bool hasGlibc(const Closure &closure, llvm::StringRef version);

} // namespace objprelink

#endif
