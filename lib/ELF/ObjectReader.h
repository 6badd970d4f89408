//===- ObjectReader.h - ELF bytes to Object ---------------------*- C++ -*-===//

#ifndef OBJPRELINK_ELF_OBJECTREADER_H
#define OBJPRELINK_ELF_OBJECTREADER_H

#include "ELF/Object.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Validates and reads a little-endian ET_REL file. Any bytes may be given;
/// what does not hold together is an error that names the place. The Object
/// refers to \p bytes.
llvm::Expected<Object> readObject(Bytes bytes);

} // namespace objprelink

#endif
