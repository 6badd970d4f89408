//===- LldHooks.h - calls inside LLD that come here first -------*- C++ -*-===//
//
// LLD has no interface for the steps of a link that this program has to see, so
// eight functions of LLVM and LLD are replaced or wrapped when this program is
// linked.
//
// Two are replaced: llvm::FileOutputBuffer::create, by which LLD writes
// (OutputBuffer.h), and lld::getLLDVersion, which says who the linker is. Each
// is alone in its archive member, so this program's definition takes its place.
//
// Six are wrapped. Each is called across files of LLD and LLVM, and the linker
// redirects such calls (--wrap):
// * unlinkAsync removes an old output;
// * openAuxiliaryFile tells when and where a map begins;
// * createResponseFile lets the archive of --reproduce have our options too;
// * llvm::MemoryBuffer::getFile reads inputs, for a second link out of memory
//   (SecondLink.h);
// * llvm::sys::fs::access says whether an input is there that one of ours asks
//   for;
// * exitLld ends the process, of a link that has failed too.
//
// Rejected: to change LLD's options, which maps, dependency files, --reproduce,
// messages and the names of LTO's files would then show.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_LLDHOOKS_H
#define OBJPRELINK_LINKER_LLDHOOKS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include <string>

namespace objprelink {

struct LldHooks {
  /// Is told the name of each file that LLD has just opened for a map or for
  /// another report ("-" is standard output), as it is on the command line.
  llvm::function_ref<void(llvm::StringRef name)> reportOpened;
  /// Lines that --reproduce adds to the options that it records.
  std::string recordedOptions;
  /// Is told of each file that was read. The contents live as long as LLD
  /// works.
  llvm::function_ref<void(llvm::StringRef path,
                          const llvm::MemoryBuffer &contents)>
      fileRead;
  /// Has the contents of a file that is about to be read, or null.
  llvm::function_ref<std::unique_ptr<llvm::MemoryBuffer>(llvm::StringRef path)>
      readFile;
  /// Whether a file of this name is there for LLD without being on the disk.
  llvm::function_ref<bool(llvm::StringRef path)> hasFile;
  /// LLD has written all that it writes and is about to end the process.
  llvm::function_ref<void()> ending;
  /// Returns the open file for a report, in place of the one that LLD would
  /// open by name; -1 is none.
  llvm::function_ref<int(llvm::StringRef name)> reportFile;
};

/// Makes \p hooks those of the links that follow, and returns those before.
/// What they refer to must live as long as LLD works.
LldHooks setLldHooks(LldHooks hooks);

} // namespace objprelink

#endif
