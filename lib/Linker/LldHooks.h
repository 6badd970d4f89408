//===- LldHooks.h - calls inside LLD that come here first -------*- C++ -*-===//
//
// LLD has no interface for the steps of a link that this program has to see, so
// five functions of LLVM and LLD are replaced or wrapped when this program is
// linked.
//
// Two are replaced: llvm::FileOutputBuffer::create, by which LLD writes
// (OutputBuffer.h), and lld::getLLDVersion, which says who the linker is. Each
// is alone in its archive member, so this program's definition takes its place.
//
// Three are wrapped. Each is called across files of LLD, and the linker
// redirects such calls (--wrap):
// * unlinkAsync removes an old output;
// * openAuxiliaryFile tells when and where a map begins;
// * createResponseFile lets the archive of --reproduce have our options too.
//
// Rejected: to change LLD's options, which maps, dependency files, --reproduce,
// messages and the names of LTO's files would then show.
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
