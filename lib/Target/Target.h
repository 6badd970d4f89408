//===- Target.h - what differs between machines -----------------*- C++ -*-===//
//
// Numbers are fields, only code is virtual. The rest of the tree asks
// findTarget() once and never compares EM_ constants.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_TARGET_TARGET_H
#define OBJPRELINK_TARGET_TARGET_H

#include "ELF/Image.h"
#include "ELF/Properties.h"
#include "ELF/RelocationKinds.h"
#include "Support/Config.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <vector>

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

/// Machine code of an image while it is being made, at the address it will
/// have.
struct ImageCode {
  uint64_t address = 0;
  ByteVector bytes;
  /// The places of absolute addresses in the code: each needs a RELATIVE
  /// relocation, and the image DT_TEXTREL.
  std::vector<uint64_t> absolutePlaces;

  uint64_t end() const { return address + bytes.size(); }
};

/// A PLT entry that an image has already.
struct FoundEntry {
  uint64_t address = 0; ///< a landing pad, where there is one
  /// What it jumps through; a distance where that is from a register.
  uint64_t word = 0;
  /// The 32 bits in the code that give the word, and the address that they
  /// count from.
  uint64_t field = 0;
  uint64_t fieldBase = 0;
  bool hasLandingPad = false;
  /// Callers must have set a register (%ebx on i386).
  bool needsGotRegister = false;

  /// Where the jump ends.
  uint64_t end() const { return field + 4; }
};

/// What the jumps and entries of one image have in common.
struct EntryStyle {
  ControlFlowProtection protection;
  I386Scratch i386Scratch = I386Scratch::Auto;
  /// Jump through absolute addresses, on a machine that has no others without
  /// the help of a register.
  bool absolute = false;
};

class Target {
public:
  virtual ~Target() = default;

  /// The stub for one function, as the object it goes into needs it.
  virtual Stub stub(const Config &config,
                    const ControlFlowProtection &protection) const = 0;

  /// Appends a jump to the address that \p word holds, in any state of the
  /// registers that a virtual call can have. Returns its address: padding may
  /// come before it.
  virtual uint64_t appendJump(ImageCode &code, uint64_t word,
                              const EntryStyle &style) const = 0;
  /// Appends the second half of a lazy PLT entry, which binds its word at the
  /// first call by relocation \p index of DT_JMPREL: the word leads here until
  /// then. \p header is the address of what appendLazyHeader made.
  virtual void appendLazyTail(ImageCode &code, uint32_t index, uint64_t header,
                              const EntryStyle &style) const = 0;
  /// Appends what all lazy entries go on to: it pushes the word after \p got,
  /// which is DT_PLTGOT, and jumps to the address in the next one. Returns
  /// where it begins.
  virtual uint64_t appendLazyHeader(ImageCode &code, uint64_t got,
                                    const EntryStyle &style) const = 0;
  /// Finds the jumps of PLT entries in \p contents, which are at \p address.
  virtual std::vector<FoundEntry> findEntries(Bytes contents,
                                              uint64_t address) const = 0;

  /// Adds what code in \p code may take for the address of the GOT, which it
  /// works out from its own; wrong ones may be among them.
  virtual void findGots(Bytes code, uint64_t address,
                        llvm::SmallVectorImpl<uint64_t> &gots) const = 0;
  /// Shows where the instructions of \p code, which begins at \p address, may
  /// lead to in \p range, its end included: the address and the place of the
  /// distance to it, from the instruction or from one of \p gots, which code
  /// may have in a register. Bytes that only look like an operand count, too:
  /// what is not shown is not there. An immediate behind an operand makes the
  /// address up to four bytes larger.
  virtual void findReferences(
      Bytes code, uint64_t address, const AddressRange &range,
      llvm::ArrayRef<uint64_t> gots,
      llvm::function_ref<void(uint64_t to, uint64_t place)> show) const = 0;

  RelocationKinds relocationKinds() const {
    return {wordSize, absoluteWord, relative};
  }

  uint16_t machine = 0;
  bool is64 = false;
  unsigned wordSize = 0;
  /// The relocation that makes a word the address of a symbol.
  uint32_t absoluteWord = 0;
  /// The dynamic relocations of GOT and PLT words, of a word that moves with
  /// the image, and of one that a function computes.
  uint32_t globDat = 0;
  uint32_t jumpSlot = 0;
  uint32_t relative = 0;
  uint32_t indirectRelative = 0;
  /// Copies a variable of a library into the program.
  uint32_t copy = 0;
  /// Those of thread-local storage.
  llvm::ArrayRef<uint32_t> tlsRelocations;
  /// The relocation that changes nothing.
  uint32_t none = 0;
  /// The relocation that makes 32 bits the distance to a symbol.
  uint32_t pcRelative32 = 0;
  /// Whether the stubs of objects are bound at the first call in lazy mode.
  bool lazyStubs = false;
  /// Whether entries with absolute addresses are cheaper than others.
  bool hasAbsoluteEntries = false;
  /// Whether entries in images look like those of the linkers' PLTs, so that
  /// GNU BFD names them.
  bool hasPltEntryForm = false;
  uint32_t ehFrameType = 0;
  /// What compilers would call a thunk for a branch to the stack pointer; none
  /// of them makes it.
  llvm::StringRef thunkName;
  /// DWARF register numbers (psABI) and the data alignment factor.
  uint8_t stackPointer = 0;
  uint8_t returnAddress = 0;

  llvm::StringRef name;
  /// glibc's loader by the name that programs have in PT_INTERP, and what musl
  /// calls the machine.
  llvm::StringRef interpreter;
  llvm::StringRef muslArch;
  /// The folder of its libraries in Debian and elsewhere; the kernel's name of
  /// the machine (AT_PLATFORM); the flags of its libraries in ld.so.cache
  /// (sysdeps/generic/ldconfig.h).
  llvm::StringRef multiarch;
  llvm::StringRef libFolder;
  llvm::StringRef platform;
  int32_t cacheFlags = 0;
};

/// The target of \p machine, an e_machine value, or null.
const Target *findTarget(uint16_t machine, bool is64);
/// The same, or an error.
llvm::Expected<const Target &> supportedTarget(uint16_t machine, bool is64);

const Target &getX86_64Target();
const Target &getI386Target();

} // namespace objprelink

#endif
