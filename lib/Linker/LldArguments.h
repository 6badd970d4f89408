//===- LldArguments.h - what the pass needs of LLD's options ----*- C++ -*-===//
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
#include "llvm/Support/Error.h"
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
  /// -shared and -pie.
  bool isShared = false;
  bool isPie = false;
  /// -z now.
  bool bindsNow = false;
  /// -z force-ibt.
  bool wantsLandingPads = false;
  /// Whether an option may keep other files from binding what the link defines:
  /// -Bsymbolic, a version script and the like.
  bool mayBindOwn = false;
  /// Whether an option may ask for every symbol to be defined.
  bool mayWantAll = false;
  /// --image-base.
  bool hasImageBase = false;
  /// -m and -soname.
  llvm::StringRef emulation, soname;
  /// -o.
  llvm::StringRef output = "a.out";
  /// The file of -Map, or "-", which -M makes it wherever it is; empty is no
  /// map.
  llvm::StringRef map;
  /// The file of --dependency-file; empty is none.
  llvm::StringRef dependencies;
  /// The files of the command line and what -l and -L say, in order.
  std::vector<llvm::StringRef> files;
  std::vector<llvm::StringRef> libraries;
  std::vector<llvm::StringRef> libraryPaths;
  std::vector<llvm::StringRef> versionScripts;
  /// The arguments for the same output once more, and for nothing else: without
  /// reports and messages.
  std::vector<const char *> again;
  /// Why that would not be the same; empty where it would.
  llvm::StringRef whyOnce;
  /// Whether an option lets sections or symbols go, lays the output out, or has
  /// LLD say what it reads, so that nothing is foreseen (RoomForecast.h).
  bool isOpen = false;
  /// --start-lib: objects may take part or not.
  bool hasLazyObjects = false;
  /// --no-dependent-libraries.
  bool ignoresDependentLibraries = false;
  /// --defsym, or a linker script.
  bool definesSymbols = false;
  /// Archives as files has them, or -l does, all of whose members take part
  /// (--whole-archive), and those of which some do.
  std::vector<llvm::StringRef> wholeArchives, otherArchives;

  /// Whether other files may bind what the link defines and does not hide.
  bool sharesOwn() const { return isShared && !mayBindOwn; }
  /// Whether symbols may be undefined.
  bool allowsUndefined() const { return isShared && !mayWantAll; }
  /// Whether all members of the archive \p path take part. A script may name
  /// others than the options do. An error is that the link has it both ways.
  llvm::Expected<bool> takesWhole(llvm::StringRef path) const;
};

/// Reads \p arguments, response files expanded, without the program's name.
LldArguments readLldArguments(llvm::ArrayRef<const char *> arguments);

/// LLD's own table of options.
std::unique_ptr<llvm::opt::OptTable> lldOptions();

} // namespace objprelink

#endif
