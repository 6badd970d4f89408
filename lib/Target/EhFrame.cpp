#include "Target/EhFrame.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::dwarf;

namespace objprelink {

static void append32(uint32_t value, ByteVector &out) {
  uint8_t bytes[4];
  support::endian::write32le(bytes, value);
  out.append(bytes, bytes + 4);
}

static void appendBytes(Bytes bytes, ByteVector &out) {
  out.append(bytes.begin(), bytes.end());
}

/// Pads the entry that begins at \p begin to whole words and fills in its
/// length, which does not count itself.
static void finishEntry(size_t begin, unsigned wordSize, ByteVector &out) {
  out.append(offsetToAlignment(out.size() - begin, Align(wordSize)),
             DW_CFA_nop);
  support::endian::write32le(&out[begin], out.size() - begin - 4);
}

EhFrame buildEhFrame(const Target &target, const Stub &stub) {
  EhFrame frame;
  ByteVector &out = frame.contents;
  const uint8_t word = target.wordSize;
  const uint8_t minusWord = (0x80 - word) & 0x7f; // SLEB128

  append32(0, out);                                  // CIE: length
  append32(0, out);                                  // CIE id
  appendBytes({1, 'z', 'R', 0, /*code alignment*/ 1, /*data alignment*/
               minusWord, target.returnAddress, /*augmentation size*/ 1,
               DW_EH_PE_pcrel | DW_EH_PE_sdata4},
              out);
  appendBytes({DW_CFA_def_cfa, target.stackPointer, word}, out);
  appendBytes({uint8_t(DW_CFA_offset | target.returnAddress), 1}, out);
  finishEntry(0, word, out);

  const size_t fde = out.size();
  append32(0, out);       // FDE: length
  append32(fde + 4, out); // distance back to the CIE
  frame.startOffset = out.size();
  append32(0, out); // start
  append32(stub.code.size(), out);
  out.push_back(0); // augmentation size
  appendBytes(stub.frame, out);
  finishEntry(fde, word, out);
  return frame;
}

} // namespace objprelink
