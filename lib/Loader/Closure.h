//===- Closure.h - what ld.so loads for a program ---------------*- C++ -*-===//

#ifndef OBJPRELINK_LOADER_CLOSURE_H
#define OBJPRELINK_LOADER_CLOSURE_H

#include "ELF/Image.h"
#include "Loader/LibrarySearch.h"
#include "llvm/Support/Error.h"

namespace objprelink {

struct ClosureRequest {
  /// The program or library, as the host names it.
  std::string program;
  std::string sysroot;
  std::string libraryPath;
  /// LD_PRELOAD: names between colons or spaces.
  std::string preload;
  /// Libraries that the program opens later (dlopen).
  std::vector<std::string> plugins;
  /// Whether what .note.dlopen names counts as plugins.
  bool dlopenNotes = true;
};

/// A file of the closure.
struct Library {
  /// In the sysroot, as ld.so has it.
  std::string path;
  /// DT_SONAME, or else the name by which it was needed.
  std::string name;
  FoundBy foundBy = FoundBy::Program;
  InputFile file;
  Image image;
  /// Why its tables could not be read; empty where they could.
  std::string unreadable;
  /// Index of what had it loaded.
  uint32_t loader = 0;
  /// Indices of what it needs, in order.
  std::vector<uint32_t> needed;
  /// Which dlopen() loaded it: an index into Closure::scopes.
  uint32_t group = 0;
  /// It is ld.so itself.
  bool isLoader = false;
};

/// A library that is needed and was not found.
struct MissingLibrary {
  std::string name;
  uint32_t neededBy = 0;
};

struct Closure {
  const Machine *target = nullptr;
  /// In the order of loading; the program is the first.
  std::vector<Library> libraries;
  std::vector<MissingLibrary> missing;
  /// Element 0 is the search list of the program (breadth first, preloads after
  /// the program), the others those of each dlopen().
  std::vector<std::vector<uint32_t>> scopes;
  /// What was asked to be opened and was not found.
  std::vector<MissingLibrary> missingPlugins;
  /// PT_INTERP in the program; empty where it has none.
  std::string interpreter;
  DynamicLoader loader;
};

/// Loads the closure. An error only where the program itself cannot be read.
/// The files are trusted to be nothing but bytes; no code is run.
llvm::Expected<Closure> loadClosure(const ClosureRequest &request);

} // namespace objprelink

#endif
