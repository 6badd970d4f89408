//===- ObjectWriter.h - Object and ObjectEdit to ELF bytes ------*- C++ -*-===//

#ifndef OBJPRELINK_ELF_OBJECTWRITER_H
#define OBJPRELINK_ELF_OBJECTWRITER_H

#include "ELF/Object.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Lays \p object out anew with \p edit made. The result refers to the bytes
/// of the object and, for what is new, owns its own.
llvm::Expected<Extents> writeObject(const Object &object, ObjectEdit edit);

} // namespace objprelink

#endif
