//===- Link.h - a linker with the image pass behind it ----------*- C++ -*-===//

#ifndef OBJPRELINK_LINKER_LINK_H
#define OBJPRELINK_LINKER_LINK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace objprelink {

/// What --objprelink=MODE asks for.
enum class LinkMode : uint8_t {
  Auto,  ///< lazy entries, or relays where the output is BIND_NOW
  Lazy,  ///< the same; a BIND_NOW output is never made lazy
  Relay, ///< relays
  Off,   ///< the linker's output as it is
};

llvm::StringRef nameOf(LinkMode mode);

/// The options that are not LLD's.
struct LinkOptions {
  LinkMode mode = LinkMode::Auto;
  /// Where the report goes, as one JSON object; empty is nowhere.
  std::string report;
  /// A file to which the same object is appended as a line; empty is none.
  std::string log;
  /// Tell what is done to each slot.
  bool verbose = false;
  /// What cannot be rewritten safely is an error, not a remark.
  bool strict = false;
  /// A shared library gets an address of its own: preferredBase, or one that
  /// its name gives.
  bool prerelocate = false;
  std::optional<uint64_t> preferredBase;
  /// The linker underneath: a path; empty is LLD, which is part of this
  /// program.
  std::string linker;
};

/// The path of the linker that --objprelink-linker=\p name asks for; empty for
/// LLD. \p name is a path, or what follows "ld." in the name of a program of
/// PATH, or that name; "named" is the linker by whose name this program was
/// called, \p program, and so is "named-or-lld" where -fuse-ld= has named it
/// or the link needs it: for GCC's LTO, or since a version script of
/// \p arguments names versions. These are without the program's name, response
/// files expanded. This program itself is passed over, whatever its names.
llvm::Expected<std::string> findLinker(llvm::StringRef name,
                                       llvm::StringRef program,
                                       llvm::ArrayRef<const char *> arguments);

/// What LLD is told before its own options so that it makes what GNU ld makes
/// by default: if \p name is "named-or-lld" and no linker was asked for. A
/// build that knows nothing of LLD has been written for that.
llvm::ArrayRef<const char *> defaultsOfGnuLd(llvm::StringRef name,
                                             llvm::StringRef program);

/// Links as ld.lld does with \p arguments, the program's name first, and runs
/// the image pass on the output before it gets its name. Returns the status
/// that ld.lld would exit with; LLD may also end the process itself. What it
/// has allocated is never freed: endLink() is what is to follow.
int link(llvm::ArrayRef<const char *> arguments, const LinkOptions &options);

/// Links by running options.linker with \p command, the program's name first,
/// and runs the image pass on the file that it has written. \p arguments are
/// the same, response files expanded. Whatever that linker prints, reads and
/// writes is as without us. Returns its status, or ends by the signal that
/// ended it.
int linkBy(llvm::ArrayRef<const char *> command,
           llvm::ArrayRef<const char *> arguments, const LinkOptions &options);

/// Ends the process without cleaning up.
[[noreturn]] void endLink(int status);

} // namespace objprelink

#endif
