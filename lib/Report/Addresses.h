//===- Addresses.h - the addresses that images ask for ----------*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_ADDRESSES_H
#define OBJPRELINK_REPORT_ADDRESSES_H

#include "Loader/Closure.h"
#include "Process/ProcessMemory.h"
#include "Report/Document.h"

namespace objprelink {

/// Adds the facts on the address that \p image asks for.
void addAddressFacts(const Image &image, Document &document);

/// Adds the table "addresses": which library asks for which address, and with
/// which other one it cannot have it. Says so in the remarks.
void addAddresses(const Closure &closure, Document &document);

/// Adds the table "addresses" on process \p pid: which file is at the address
/// that it asks for, and what is there where it is not.
void addAddresses(uint64_t pid, llvm::ArrayRef<FileMapping> mappings,
                  Document &document);

} // namespace objprelink

#endif
