//===- LinkRoom.h - what a linker could make room for -----------*- C++ -*-===//
//
// A finished image has no room: code, words and table entries of a rewrite need
// segments of their own. A linker that knows the functions beforehand lays
// their entries out with its own, and nothing is left to add.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEREWRITER_LINKROOM_H
#define OBJPRELINK_IMAGEREWRITER_LINKROOM_H

#include "ImageRewriter/ImagePlan.h"
#include "Support/Config.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace objprelink {

struct LinkRoom {
  /// Of the ELF header.
  uint16_t machine = 0;
  /// Functions that need an entry of the PLT, which is bound at the first call
  /// or, in a BIND_NOW image, when it loads.
  std::vector<std::string> pltFunctions;
  /// Functions that need a jump through a word of the GOT.
  std::vector<std::string> gotFunctions;
  /// A section with slots in it.
  std::string section;
  bool landingPads = false;
  /// The names of all dynamic symbols of the output.
  llvm::StringSet<> symbols;
  /// Of the note in all.
  uint64_t noteSize = 0;

  /// Brings the functions into an order that does not depend on who asked.
  void sortFunctions();
};

/// How large the note of a rewrite of at most \p slots can become.
uint64_t roomNoteSize(uint64_t slots, bool packs);

struct LinkPlan {
  /// What a rewrite would need; none where nothing is to be rewritten, or where
  /// a linker could not make it.
  std::optional<LinkRoom> room;
  /// What there is, where nothing is to be done with or without room.
  std::optional<ImageSummary> nothing;
};

/// Looks at \p image, a linker's output. Errors are for the rewrite to report.
llvm::Expected<LinkPlan> planLinkRoom(const Image &image,
                                      const RewriteConfig &config);

} // namespace objprelink

#endif
