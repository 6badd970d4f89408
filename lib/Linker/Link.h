//===- Link.h - LLD with the image pass behind it ---------------*- C++ -*-===//

#ifndef OBJPRELINK_LINKER_LINK_H
#define OBJPRELINK_LINKER_LINK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace objprelink {

/// What --objprelink=MODE asks for.
enum class LinkMode : uint8_t {
  Auto,  ///< lazy entries, or relays where the output is BIND_NOW
  Lazy,  ///< the same; a BIND_NOW output is never made lazy
  Relay, ///< relays
  Off,   ///< LLD's output as it is
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
};

/// Links as ld.lld does with \p arguments, the program's name first, and runs
/// the image pass on the output before it gets its name. Returns the status
/// that ld.lld would exit with; LLD may also end the process itself. What it
/// has allocated is never freed: endLink() is what is to follow.
int link(llvm::ArrayRef<const char *> arguments, const LinkOptions &options);

/// Ends the process without cleaning up.
[[noreturn]] void endLink(int status);

} // namespace objprelink

#endif
