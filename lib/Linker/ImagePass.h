//===- ImagePass.h - the image pass on what LLD has written -----*- C++ -*-===//

#ifndef OBJPRELINK_LINKER_IMAGEPASS_H
#define OBJPRELINK_LINKER_IMAGEPASS_H

#include "ImageRewriter/RewriteImage.h"
#include "Linker/LinkRecord.h"
#include "Linker/LldMap.h"
#include "Support/OutputFile.h"

namespace objprelink {

class ImagePass {
public:
  /// \p program is the name that messages begin with, \p map what follows the
  /// changes.
  ImagePass(llvm::StringRef program, const LinkOptions &options,
            const LldArguments &arguments, const LldMap &map)
      : program(program), options(options), arguments(arguments), map(map) {}

  /// Delivers \p contents, LLD's output for \p path, as \p file, rewritten
  /// where that is safe and of use. An error is for LLD to report: the output
  /// could not be written, or must not be (options.strict, slim LTO objects).
  llvm::Error run(llvm::StringRef path, Bytes contents, PendingFile &file);

  LinkRecord record;

private:
  llvm::Expected<RewrittenImage> plan(Bytes contents, Diagnostics &diagnostics);
  llvm::Error fill(Bytes contents, PendingFile &file);
  llvm::Error rewrite(Bytes contents, PendingFile &file);
  llvm::Error keepPlain(LinkOutcome outcome, llvm::StringRef reason,
                        Bytes contents, PendingFile &file);
  llvm::Error refuse(llvm::Error why, Bytes contents, PendingFile &file);

  llvm::StringRef program;
  const LinkOptions &options;
  const LldArguments &arguments;
  const LldMap &map;
  /// What was done to the output; none where it is LLD's.
  std::optional<RewrittenImage> done;
};

} // namespace objprelink

#endif
