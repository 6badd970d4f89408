#include "ImageRewriter/TargetMachine.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

MachineCode machineCodeOf(const Target &target) {
  MachineCode out;
  out.kinds = target.relocationKinds();
  out.wordRelocations = {target.absoluteWord, target.globDat, target.jumpSlot,
                         target.relative, target.indirectRelative};
  append_range(out.wordRelocations, target.tlsRelocations);
  out.findGots = [&](Bytes code, uint64_t address,
                     SmallVectorImpl<uint64_t> &gots) {
    target.findGots(code, address, gots);
  };
  out.findReferences =
      [&](Bytes code, uint64_t address, const AddressRange &range,
          ArrayRef<uint64_t> gots,
          function_ref<void(uint64_t to, uint64_t place)> show) {
        target.findReferences(code, address, range, gots, show);
      };
  return out;
}

} // namespace objprelink
