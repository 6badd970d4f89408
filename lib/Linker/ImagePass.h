//===- ImagePass.h - the image pass on what a linker has made ---*- C++ -*-===//

#ifndef OBJPRELINK_LINKER_IMAGEPASS_H
#define OBJPRELINK_LINKER_IMAGEPASS_H

#include "ImageRewriter/LinkRoom.h"
#include "ImageRewriter/RewriteImage.h"
#include "Linker/LinkRecord.h"
#include "Linker/LldArguments.h"
#include "Support/OutputFile.h"

namespace objprelink {

/// The output of one link.
class LinkOutput {
public:
  explicit LinkOutput(Bytes contents) : contents(contents) {}
  virtual ~LinkOutput() = default;
  /// Is told that most of what will be delivered is \p likely, which stays as
  /// it is.
  virtual void foresee(Bytes likely) = 0;
  /// Delivers what the linker has made, as it is.
  virtual llvm::Error keepPlain() = 0;
  /// Delivers \p rewritten, which may refer to \p source, if \p check lets it
  /// pass as it was written.
  virtual llvm::Error replace(Extents rewritten, Bytes source,
                              OutputCheck check) = 0;
  /// What the linker has made room for without having been asked by the pass;
  /// null if it has made the plain link.
  virtual const LinkRoom *room() const = 0;
  /// Makes the plain link be contents, where they have room. They live as long
  /// as those before.
  virtual llvm::Error linkPlain() = 0;
  /// Whether no input can have named a relocation table, which only the linker
  /// knows.
  virtual bool tablesAreUnnamed() const = 0;
  /// Why the linker would not make it once more; known without a plan.
  virtual llvm::Error checkSecondLink() const = 0;
  /// What the linker makes with \p room, or the reason why that is nothing. It
  /// lives as long as contents. Asked for after checkSecondLink().
  virtual llvm::Expected<Bytes> linkWithRoom(const LinkRoom &room) = 0;

  /// What the linker has made.
  Bytes contents;
};

/// What --objprelink=MODE makes of slots.
Mode modeOf(const LinkOptions &options);

class ImagePass {
public:
  /// \p program is the name that messages begin with.
  ImagePass(llvm::StringRef program, const LinkOptions &options,
            const LldArguments &arguments)
      : program(program), options(options), arguments(arguments) {}

  /// Delivers \p output, which is for \p path, rewritten where that is safe and
  /// of use. An error is for the linker to report: the output could not be
  /// written, or must not be (options.strict).
  llvm::Error run(llvm::StringRef path, LinkOutput &output);

  LinkRecord record;
  /// What was done to the output; none where it is the linker's.
  std::optional<RewrittenImage> done;
  /// Whether it was done to another one of the same linker, with room.
  bool hasRoom = false;

private:
  RewriteConfig makeConfig(const LinkOutput &output) const;
  llvm::Expected<RewrittenImage> plan(LinkOutput &output,
                                      Diagnostics &diagnostics);
  llvm::Expected<RewrittenImage> planInRoom(LinkOutput &output,
                                            Diagnostics &diagnostics);
  llvm::Expected<RewrittenImage> planAsForeseen(LinkOutput &output,
                                                Diagnostics &diagnostics);
  llvm::Expected<RewrittenImage> planBest(LinkOutput &output,
                                          Diagnostics &diagnostics);
  llvm::Error rewrite(LinkOutput &output);
  llvm::Error keepPlain(LinkOutcome outcome, llvm::StringRef reason,
                        LinkOutput &output);
  llvm::Error refuse(llvm::Error why, LinkOutput &output);

  llvm::StringRef program;
  const LinkOptions &options;
  const LldArguments &arguments;
};

} // namespace objprelink

#endif
