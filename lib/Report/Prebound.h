//===- Prebound.h - what a start by a table would cost ----------*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_PREBOUND_H
#define OBJPRELINK_REPORT_PREBOUND_H

#include "Binding/Binding.h"
#include "Report/Document.h"
#include "Report/WhatIf.h"

namespace objprelink {

/// What the loader still does for \p library, which costs \p today as it is,
/// when it is started by a table that has \p bound of it.
Costs preboundCosts(const Closure &closure, const Library &library,
                    const BoundObject &bound, const Costs &today);

/// Adds to the report on a program and its libraries what objprelink-bind would
/// leave to the loader: a row of the what-if table, and a table of the objects
/// that it cannot bind. \p closure is what is loaded at the start, \p today
/// what its libraries cost, by index; \p bindNow says that LD_BIND_NOW is set.
void addPrebound(const ResolvedClosure &closure, llvm::ArrayRef<Costs> today,
                 bool bindNow, Document &out);

} // namespace objprelink

#endif
