//===- Machine.h - the numbers and names of a machine -----------*- C++ -*-===//
//
// The facts about a machine without a byte of code: the numbers of its psABI
// and the names by which loaders call it. The verifiers have this and the
// decoder (Decoder.h), but not Target.h, which adds the code that a rewrite
// writes. The rest of the tree asks findMachine() or findTarget() once and
// never compares EM_ constants.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_TARGET_MACHINE_H
#define OBJPRELINK_TARGET_MACHINE_H

#include "ELF/RelocationKinds.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace objprelink {

struct Machine {
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
  /// Those by which code reads the address of a symbol from the GOT.
  llvm::ArrayRef<uint32_t> gotLoads;
  /// That of a call by way of the PLT.
  uint32_t call = 0;
  /// Whether glibc leaves the RELATIVE relocations that DT_RELCOUNT counts
  /// alone where it would add 0 (elf_dynamic_do_Rel in elf/do-rel.h: REL
  /// tables).
  bool skipsRelative = false;
  /// Where libraries may ask to be: below what kernels give out by themselves,
  /// in each of their layouts, and where sanitizers take what they find. It is
  /// the range that prelink had.
  uint64_t preferredBegin = 0, preferredEnd = 0;
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
  /// The instruction of one byte that traps.
  llvm::ArrayRef<uint8_t> trap;
  /// DWARF register numbers (psABI) and the data alignment factor.
  uint8_t stackPointer = 0;
  uint8_t returnAddress = 0;

  llvm::StringRef name;
  /// What linkers call it (-m).
  llvm::StringRef emulation;
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

  RelocationKinds relocationKinds() const {
    return {wordSize, absoluteWord, relative};
  }
};

/// The machine with \p number, an e_machine value, or null.
const Machine *findMachine(uint16_t number, bool is64);
/// The machine with \p emulation, or null.
const Machine *findMachine(llvm::StringRef emulation);

} // namespace objprelink

#endif
