//===- Properties.h - .note.gnu.property ------------------------*- C++ -*-===//

#ifndef OBJPRELINK_ELF_PROPERTIES_H
#define OBJPRELINK_ELF_PROPERTIES_H

#include "ELF/Image.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// What GNU_PROPERTY_X86_FEATURE_1_AND claims (x86-64 psABI, "Program
/// Property"). A linker keeps a bit only if every object has it.
struct ControlFlowProtection {
  bool landingPads = false; ///< IBT: indirect branches land on endbr
  bool shadowStack = false; ///< SHSTK: returns match calls
};

/// Reads the property notes of an x86 object.
llvm::Expected<ControlFlowProtection> readProperties(const Object &object);

/// Adds to \p out what the notes of a section or segment claim.
llvm::Error readPropertyNotes(Bytes notes, bool is64,
                              ControlFlowProtection &out);

/// What an x86 image claims. Tools that move notes leave PT_GNU_PROPERTY behind
/// (patchelf 0.14), and ld.so takes of it what makes sense.
struct ImageProperties {
  /// If the notes are damaged, everything: then new code keeps each promise
  /// that some reader may find.
  ControlFlowProtection protection;
  /// What is wrong with the notes; empty where nothing is.
  std::string damage;
};

/// Reads those of an x86 image, where ld.so does: in PT_GNU_PROPERTY, or else
/// in a PT_NOTE.
ImageProperties readProperties(const Image &image);

} // namespace objprelink

#endif
