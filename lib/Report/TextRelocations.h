//===- TextRelocations.h - relocations of what is read-only -----*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_TEXTRELOCATIONS_H
#define OBJPRELINK_REPORT_TEXTRELOCATIONS_H

#include "ELF/Image.h"
#include "Report/Document.h"

namespace objprelink {

/// Where the text relocations of \p image come from: for each function or
/// object that has some its section, its symbol and, where .symtab still tells
/// of local symbols, the source file that it was compiled from.
Table textRelocationTable(const Image &image);

} // namespace objprelink

#endif
