//===- EhFrame.h - call frame information for stubs -------------*- C++ -*-===//

#ifndef OBJPRELINK_TARGET_EHFRAME_H
#define OBJPRELINK_TARGET_EHFRAME_H

#include "Target/Target.h"

namespace objprelink {

/// An .eh_frame section for one stub: a CIE and an FDE.
struct EhFrame {
  ByteVector contents;
  /// Where the FDE holds the distance to the start of the stub: the place of
  /// a pcRelative32 relocation with addend 0.
  uint64_t startOffset;
};

/// Builds it (LSB Core, 10.6). Without one, a backtrace out of a signal
/// handler or a profiler's sample that hits the stub would end there.
EhFrame buildEhFrame(const Target &target, const Stub &stub);

} // namespace objprelink

#endif
