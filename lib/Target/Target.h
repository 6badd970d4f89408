//===- Target.h - what differs between machines -----------------*- C++ -*-===//
//
// Numbers are fields, only code is virtual. The rest of the tree asks
// findTarget() once and never compares EM_ constants.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_TARGET_TARGET_H
#define OBJPRELINK_TARGET_TARGET_H

#include "ELF/Object.h"
#include "ELF/Properties.h"
#include "Support/Config.h"

namespace objprelink {

/// What a stub's relocation refers to.
enum class StubSymbol : uint8_t {
  Function, ///< the function that the stub leads to
  GotBase,  ///< _GLOBAL_OFFSET_TABLE_
};

struct StubRelocation {
  uint64_t offset;
  uint32_t type;
  StubSymbol symbol;
  int64_t addend;
};

/// A stub as it goes into a section of its own. REL targets have the addends
/// in the code too.
struct Stub {
  /// Follows the function's name. A dot and lower-case letters are what C++
  /// demanglers print as "f() [clone .relay]". Stubs that may stand for each
  /// other have the same suffix, others must not.
  llvm::StringRef suffix;
  Bytes code;
  llvm::ArrayRef<StubRelocation> relocations;
  /// Call frame instructions after those of the CIE (DWARF 4, 6.4.2).
  Bytes frame;
};

class Target {
public:
  virtual ~Target() = default;

  /// The stub for one function, as the object it goes into needs it.
  virtual Stub stub(const Config &config,
                    const ControlFlowProtection &protection) const = 0;

  uint16_t machine = 0;
  bool is64 = false;
  unsigned wordSize = 0;
  /// The relocation that makes a word the address of a symbol.
  uint32_t absoluteWord = 0;
  /// The relocation that makes 32 bits the distance to a symbol.
  uint32_t pcRelative32 = 0;
  /// Whether the stubs of objects are bound at the first call in lazy mode.
  bool lazyStubs = false;
  uint32_t ehFrameType = 0;
  /// DWARF register numbers (psABI) and the data alignment factor.
  uint8_t stackPointer = 0;
  uint8_t returnAddress = 0;
};

/// The target of \p machine, an e_machine value, or null.
const Target *findTarget(uint16_t machine, bool is64);

const Target &getX86_64Target();
const Target &getI386Target();

} // namespace objprelink

#endif
