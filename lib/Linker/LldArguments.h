//===- LldArguments.h - what the pass must know of LLD's options -*- C++
//-*-===//
//
// LLD parses its options itself and does not tell what they were. The few that
// the image pass has to follow are read here, by LLD's own table of options, so
// that every spelling of an option is known, and no value of another option is
// taken for one.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_LLDARGUMENTS_H
#define OBJPRELINK_LINKER_LLDARGUMENTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Option/OptTable.h"
#include <memory>
#include <vector>

namespace objprelink {

struct LldArguments {
  /// --help, which is all that is done then.
  bool wantsHelp = false;
  /// -z notext: text relocations are welcome.
  bool allowsTextRelocations = false;
  /// -z pack-relative-relocs or --pack-dyn-relocs=relr.
  bool packsRelativeRelocs = false;
  /// -z retpolineplt.
  bool wantsRetpolines = false;
  /// --build-id of a style that hashes the output.
  bool hashesBuildId = false;
  /// -x: no local symbols.
  bool discardsLocals = false;
  /// -shared.
  bool isShared = false;
  /// --image-base.
  bool hasImageBase = false;
  /// -m and -soname.
  llvm::StringRef emulation, soname;
  /// -o.
  llvm::StringRef output = "a.out";
  /// The file of -Map, or "-", which -M makes it wherever it is; empty is no
  /// map.
  llvm::StringRef map;
  /// The files of the command line and what -l and -L say, in order.
  std::vector<llvm::StringRef> files;
  std::vector<llvm::StringRef> libraries;
  std::vector<llvm::StringRef> libraryPaths;
  /// The arguments for the same output once more, and for nothing else: without
  /// reports and messages.
  std::vector<const char *> again;
  /// Why that would not be the same; empty where it would.
  llvm::StringRef whyOnce;
};

/// Reads \p arguments, response files expanded, without the program's name.
LldArguments readLldArguments(llvm::ArrayRef<const char *> arguments);

/// LLD's own table of options.
std::unique_ptr<llvm::opt::OptTable> lldOptions();

} // namespace objprelink

#endif
