//===- Target.h - what differs between machines -----------------*- C++ -*-===//
//
// Numbers are fields of the Machine, only code is virtual. This is the code
// that a rewrite writes, and what its plan reads of the code that is there.
// Verifiers never see it: they have the Machine and a Decoder.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_TARGET_TARGET_H
#define OBJPRELINK_TARGET_TARGET_H

#include "ELF/Image.h"
#include "ELF/Properties.h"
#include "Support/Config.h"
#include "Target/Machine.h"
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

/// How a PLT entry has its word bound at the first call.
struct FoundTail {
  uint64_t address = 0; ///< a landing pad, where there is one
  bool hasLandingPad = false;
  /// The relocation of DT_JMPREL that it names to ld.so.
  uint32_t index = 0;
  /// DT_PLTGOT, as the PLT's header knows it.
  uint64_t got = 0;
};

/// A PLT entry that an image has already.
struct FoundEntry {
  uint64_t address = 0; ///< a landing pad, where there is one
  uint64_t word = 0;    ///< what it jumps through
  /// The 32 bits in the code that give the word, and the address that they
  /// count from.
  uint64_t field = 0;
  uint64_t fieldBase = 0;
  bool hasLandingPad = false;
  /// Callers must have set a register.
  bool needsRegister = false;
  /// What follows the jump, or what the word leads to, if that is all that it
  /// takes to bind the word: an entry that leaves something in a register, or
  /// wants it there, has none.
  std::optional<FoundTail> tail;

  /// Where the jump ends.
  uint64_t end() const { return field + 4; }
};

/// What a relocator knows of its image.
struct RelocatorAddresses {
  uint64_t image = 0;     ///< where the image begins
  uint64_t preferred = 0; ///< where it begins if it is where it asks to be
  AddressRange table;     ///< in the encoding of DT_RELR
  uint64_t value = 0;     ///< what it returns
};

/// What the jumps and entries of one image have in common.
struct EntryStyle {
  ControlFlowProtection protection;
  I386Scratch i386Scratch = I386Scratch::Auto;
  /// Jump through absolute addresses, on a machine that has no others without
  /// the help of a register.
  bool absolute = false;
};

class Target : public Machine {
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
  /// Appends what ld.so calls for an IRELATIVE relocation: it adds to the words
  /// of a table how far the image is from where it asks to be, and returns an
  /// address. Nothing that is relocated is read. Of machines where
  /// skipsRelative is not set.
  virtual void appendRelocator(ImageCode &code, const RelocatorAddresses &at,
                               const EntryStyle &style) const = 0;
  /// Finds the PLT entries of \p image in \p places, which hold nothing else:
  /// elsewhere the same bytes may be in the middle of something.
  virtual std::vector<FoundEntry>
  findEntries(const Image &image,
              llvm::ArrayRef<AddressRange> places) const = 0;

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
};

/// The target of \p machine, an e_machine value, or null.
const Target *findTarget(uint16_t machine, bool is64);
/// The same, or an error.
llvm::Expected<const Target &> supportedTarget(uint16_t machine, bool is64);

const Target &getX86_64Target();
const Target &getI386Target();

} // namespace objprelink

#endif
