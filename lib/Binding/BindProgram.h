//===- BindProgram.h - a program to its table -------------------*- C++ -*-===//
//
// The loader is asked for its list of objects first: their order is part of the
// key. The table is complete, and has the owner and the mode that it will have,
// when the program is started by it; it may get its name only if each word was
// what the loader makes of it. A table for an image is compared with nothing,
// since nothing of the image is run.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_BINDING_BINDPROGRAM_H
#define OBJPRELINK_BINDING_BINDPROGRAM_H

#include "Binding/Carrier.h"
#include "Binding/KnownPlugins.h"
#include "Process/MeasuredProcess.h"
#include "Support/OutputFile.h"

namespace objprelink {

struct BindRequest {
  /// Its path, without symbolic links; in the root, if there is one.
  std::string program;
  /// The root of another system, of which nothing is run; empty is this one.
  std::string root;
  /// Where the table is to be.
  std::string tablePath;
  PluginChoice plugins = PluginChoice::Recorded;
  /// Those that are named, by absolute path.
  std::vector<std::string> pluginFiles;
  CarrierChoice carrier = CarrierChoice::Auto;
};

/// What was made for a program.
struct BoundProgram {
  std::string path;
  std::string tablePath;
  uint64_t libraries = 0, bound = 0;
  uint64_t words = 0, rest = 0;
  /// How many words were compared with the loader's.
  uint64_t compared = 0;
  uint64_t tableBytes = 0;
  /// What carries the runtime, as a user names it.
  std::string carrier;
  /// Plugins that are bound.
  uint64_t plugins = 0;
  /// What is left to the loader, and why.
  std::vector<std::string> left;
  /// The table, which has not its name yet.
  std::optional<PendingFile> table;

  /// Gives the table its name.
  llvm::Error install();
};

/// The file that \p name is started as: looked for in PATH if it has no slash,
/// without symbolic links. With a root it is one inside, and so is the answer.
llvm::Expected<std::string> findProgram(llvm::StringRef name,
                                        llvm::StringRef root);

/// The kernel tells the loader to believe no variable that we would set: an
/// error if the program at \p path has more rights than its user.
llvm::Error checkPrivileges(const std::string &path);

/// Makes the table of a program and has it verified.
llvm::Expected<BoundProgram> bindProgram(const BindRequest &request,
                                         Interruptible &signals);

} // namespace objprelink

#endif
