//===- PrintTable.h - a table in words --------------------------*- C++ -*-===//

#ifndef OBJPRELINK_BINDING_PRINTTABLE_H
#define OBJPRELINK_BINDING_PRINTTABLE_H

#include "Binding/TableStore.h"

namespace llvm {
class raw_ostream;
}

namespace objprelink {

/// Prints what \p table holds: a line for each object, and with \p details one
/// for each word and each relocation that stays with ld.so.
void printTable(const TableFile &table, bool details, llvm::raw_ostream &out);

} // namespace objprelink

#endif
