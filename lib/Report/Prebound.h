//===- Prebound.h - what a start by a table would cost ----------*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_PREBOUND_H
#define OBJPRELINK_REPORT_PREBOUND_H

#include "Loader/ResolvedClosure.h"
#include "Report/Document.h"
#include "Report/WhatIf.h"

namespace objprelink {

/// Adds to the report on a program and its libraries what objprelink-bind would
/// leave to the loader: a row of the what-if table, and a table of the objects
/// that it cannot bind. \p closure is what is loaded at the start, \p today
/// what its libraries cost, by index; \p bindNow says that LD_BIND_NOW is set.
void addPrebound(const ResolvedClosure &closure, llvm::ArrayRef<Costs> today,
                 bool bindNow, Document &out);

} // namespace objprelink

#endif
