//===- Decoder.h - what machine code does, to those who verify --*- C++ -*-===//
//
// The decoder reads the code of stubs and PLT entries, and what old code may
// refer to, once more and apart from the code that plans and writes them: a
// mistake that both shared would go unseen. So nothing here knows Target.h, and
// only verifiers include this; utils/tidy holds both. Any bytes may be given.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_TARGET_DECODER_H
#define OBJPRELINK_TARGET_DECODER_H

#include "ELF/Image.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace objprelink {

/// A stub of an image, or a PLT entry that serves as one.
struct DecodedStub {
  /// The word that holds the address of the function.
  uint64_t word = 0;
  bool hasLandingPad = false;
  /// The address of the field that holds the word's, where that is absolute.
  std::optional<uint64_t> absoluteField;
};

/// What a word leads to until ld.so binds it.
struct DecodedTail {
  uint32_t pushed = 0;
  uint64_t plt0 = 0;
  bool hasLandingPad = false;
};

/// What calls ld.so.
struct DecodedPlt0 {
  /// Whether they are distances from the GOT, whose address is in a register.
  bool relativeToGot = false;
  /// The words that are pushed and jumped through.
  uint64_t pushed = 0, jumped = 0;
  llvm::SmallVector<uint64_t, 2> absoluteFields;
};

/// What applies relative relocations where an image is not at its own address.
struct DecodedRelocator {
  /// Where it believes the image to begin, and the address at which there is
  /// nothing to do.
  uint64_t image = 0, preferred = 0;
  /// Words in the encoding of DT_RELR, each of which it adds the distance to.
  AddressRange table;
  uint64_t value = 0; ///< what it returns
  bool hasLandingPad = false;
};

/// An indirect jump, as PLT entries have it.
struct DecodedJump {
  uint64_t word = 0;
  /// All of it, and the part that gives the word.
  AddressRange code, field;
  bool isAbsolute = false;
};

/// How long an instruction is, and where in it the distance from its end to
/// something else is; 0 is nowhere. The distance has 32 bits.
struct DecodedInstruction {
  uint8_t size = 0;
  uint8_t field = 0;
};

/// A field in the code of an object, which a relocation fills in.
struct DecodedField {
  uint64_t offset = 0;
  /// The relocation that makes the code do what it is said to do.
  uint32_t type = 0;
  int64_t addend = 0;
  /// Whether it is about the GOT itself and not about the function.
  bool isGotBase = false;
};

/// A stub of an object.
struct DecodedObjectStub {
  bool hasLandingPad = false;
  /// It goes through a PLT entry, which may be bound at the first call.
  bool isLate = false;
  /// The function finds a register of its arguments changed. An i386 stub that
  /// changes none returns to the function, which a shadow stack forbids.
  bool changesRegister = false;
  llvm::SmallVector<DecodedField, 2> fields;
};

class Decoder {
public:
  virtual ~Decoder() = default;

  /// Decode what an image has at \p address; nothing where that is other code.
  /// All of it is in the file contents of an executable segment.
  virtual std::optional<DecodedStub> stub(const Image &image,
                                          uint64_t address) const = 0;
  virtual std::optional<DecodedTail> tail(const Image &image,
                                          uint64_t address) const = 0;
  virtual std::optional<DecodedPlt0> plt0(const Image &image,
                                          uint64_t address) const = 0;
  virtual std::optional<DecodedRelocator> relocator(const Image &image,
                                                    uint64_t address) const = 0;
  /// Decodes the jump at the beginning of \p code, which is at \p address.
  /// \p got is what a register has that holds the address of the GOT.
  virtual std::optional<DecodedJump> jump(Bytes code, uint64_t address,
                                          uint64_t got) const = 0;
  /// Shows what may be such a jump anywhere in \p code.
  virtual void
  findJumps(Bytes code, uint64_t address, uint64_t got,
            llvm::function_ref<void(const DecodedJump &)> show) const = 0;
  /// What old code may have in a register as the address of the GOT: linkers
  /// do not agree. 0 is where there is none.
  virtual std::vector<uint64_t> gots(const Image &image) const = 0;
  /// Shows the addresses in \p range, and their places, that instructions of
  /// \p code may have the distance to, from themselves or from one of
  /// \p gots. Bytes that only look like an operand count, too.
  virtual void findDistances(
      Bytes code, uint64_t address, llvm::ArrayRef<uint64_t> gots,
      const AddressRange &range,
      llvm::function_ref<void(uint64_t to, uint64_t place)> show) const = 0;

  /// Decodes the first instruction of \p code; nothing where there is none, or
  /// of a machine whose code has other distances, too.
  virtual std::optional<DecodedInstruction> instruction(Bytes code) const = 0;

  /// Decodes all of \p code; nothing where it is no stub.
  virtual std::optional<DecodedObjectStub> objectStub(Bytes code) const = 0;

  uint16_t machine = 0;
  bool is64 = false;
  /// What the tail of relocation 1 of DT_JMPREL pushes.
  uint64_t indexStep = 0;
  /// Entries of PLTs begin at multiples of it.
  uint64_t entryAlignment = 0;
  /// Whether an object's stub may be one that changes a register.
  bool hasScratchStubs = false;
};

/// Shows each number of 32 bits in \p bytes, the first one and those that begin
/// multiples of \p step behind it, that is the distance from \p address, where
/// \p bytes are, and its own offset to an address in \p range. 16 is a multiple
/// of \p step.
void findPlainDistances(
    Bytes bytes, uint64_t address, unsigned step, const AddressRange &range,
    llvm::function_ref<void(uint64_t to, uint64_t place)> show);

/// The decoder of \p machine, an e_machine value, or null.
const Decoder *findDecoder(uint16_t machine, bool is64);

const Decoder &getX86_64Decoder();
const Decoder &getI386Decoder();

} // namespace objprelink

#endif
