//===- LldHooks.h - calls inside LLD that come here first -------*- C++ -*-===//
//
// LLD has no interface for what a caller wants to see of a link, so that a few
// of its functions are replaced or wrapped when this program is linked. Each is
// called across files of LLD, and the linker redirects such calls (--wrap).
// Rejected: to change LLD's options, which --reproduce, messages and reports
// would then show.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_LLDHOOKS_H
#define OBJPRELINK_LINKER_LLDHOOKS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace objprelink {

struct LldHooks {
  /// Is told the name of each file that LLD has just opened for a map or for
  /// another report ("-" is standard output), as it is on the command line.
  llvm::function_ref<void(llvm::StringRef name)> reportOpened;
  /// Lines that --reproduce adds to the options that it records.
  std::string recordedOptions;
};

/// Makes \p hooks those of the links that follow. What they refer to must live
/// as long as LLD works.
void setLldHooks(LldHooks hooks);

} // namespace objprelink

#endif
