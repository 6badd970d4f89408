//===- InputSlots.h - slots of a linker's inputs ----------------*- C++ -*-===//
//
// What ObjectVTables.h finds in an object, but quick and without a model of the
// object: a link has thousands. An answer that is wrong costs room in the
// output, or the time of a link, and nothing else. Names longer than 4,096
// characters are nobody's.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_VTABLE_INPUTSLOTS_H
#define OBJPRELINK_VTABLE_INPUTSLOTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/CachedHashString.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <optional>
#include <vector>

namespace objprelink {

/// The numbers of a machine by which its objects are read.
struct InputKinds {
  uint16_t machine = 0;
  /// The relocation that makes a word the address of a symbol.
  uint32_t absoluteWord = 0;
  /// Those by which code reads such an address from the GOT.
  llvm::ArrayRef<uint32_t> gotLoads;
  /// That of a call by way of the PLT, if somebody wants to know of calls.
  std::optional<uint32_t> call;
};

/// A section with vtables.
struct InputTables {
  /// The signature of the COMDAT group that the section belongs to; empty where
  /// it belongs to none.
  llvm::StringRef group;
  /// What words of the vtables call, in the order of the relocations: indices
  /// into InputSlots::functions.
  std::vector<uint32_t> slots;
};

/// A function that slots may lead to.
struct InputFunction {
  /// In the object's string table.
  llvm::CachedHashStringRef name;
  /// Whether the object says that there may be none.
  bool isWeak = false;
  /// Whether a word of other writable data is its address.
  bool hasOtherWord = false;
  /// Whether code reads its address from the GOT.
  bool hasGotWord = false;
  /// Whether code of the object that has slots of it calls it, if that was
  /// asked for.
  bool isCalled = false;
};

struct InputSlots {
  std::vector<InputTables> tables;
  std::vector<InputFunction> functions;
  /// Whether the code has landing pads (GNU_PROPERTY_X86_FEATURE_1_IBT).
  bool landingPads = false;
};

/// Reads \p object, which may be any bytes. Those that are no 64-bit
/// little-endian object of the machine are an error.
llvm::Expected<InputSlots> findInputSlots(llvm::MemoryBufferRef object,
                                          const InputKinds &kinds);

/// What an object says of a symbol that others may mean, too.
struct InputSymbol {
  llvm::CachedHashStringRef name;
  bool isDefined = false;
  /// Neither hidden nor internal nor protected.
  bool isDefault = false;
};

/// Calls \p visit for each global symbol of \p object that it defines or that
/// is not of default visibility, and whose name may be in a slot.
llvm::Error
visitInputSymbols(llvm::MemoryBufferRef object,
                  llvm::function_ref<void(const InputSymbol &)> visit);

/// Calls \p visit for the name of each dynamic symbol that \p library, which
/// may be any bytes, has for references without a version, and that may be in a
/// slot.
llvm::Error
visitLibrarySymbols(llvm::MemoryBufferRef library,
                    llvm::function_ref<void(llvm::CachedHashStringRef)> visit);

} // namespace objprelink

#endif
