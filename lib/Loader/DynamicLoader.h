//===- DynamicLoader.h - what is built into a loader ------------*- C++ -*-===//

#ifndef OBJPRELINK_LOADER_DYNAMICLOADER_H
#define OBJPRELINK_LOADER_DYNAMICLOADER_H

#include "ELF/Image.h"
#include "Loader/Sysroot.h"
#include "Target/Machine.h"

namespace objprelink {

/// The loader of a program, as far as it matters to where libraries are found.
struct DynamicLoader {
  enum class Kind : uint8_t {
    Glibc,
    Musl, ///< it is libc itself, binds nothing late and keeps no answers
  };
  Kind kind = Kind::Glibc;
  /// PT_INTERP; where there is none, that of the machine's programs.
  std::string path;
  /// What $LIB and $PLATFORM mean to glibc's (ld.so(8)).
  std::string lib;
  std::string platform;
  /// The folders that it looks through last.
  std::vector<std::string> defaultFolders;

  bool isMusl() const { return kind == Kind::Musl; }
  /// Whether a library of the name \p name is this loader, whatever file has
  /// that name.
  bool isItself(llvm::StringRef name) const;
};

/// The loader of \p program, whose files are in \p sysroot.
DynamicLoader findDynamicLoader(const Image &program, const Machine &machine,
                                const Sysroot &sysroot);

/// PT_INTERP of \p image; empty where it has none.
llvm::StringRef interpreterOf(const Image &image);

} // namespace objprelink

#endif
