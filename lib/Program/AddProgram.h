//===- AddProgram.h - make an entry, and make it anew -----------*- C++ -*-===//

#ifndef OBJPRELINK_PROGRAM_ADDPROGRAM_H
#define OBJPRELINK_PROGRAM_ADDPROGRAM_H

#include "Binding/BindProgram.h"
#include "Program/EntryPlan.h"

namespace objprelink {

struct AddedProgram {
  EntryPlan plan;
  BoundProgram bound;
};

/// Makes the table of \p plan's program, compares it with the loader, and
/// writes all files of the entry. After an error, or if we are asked to end,
/// there is nothing of a new entry, and all of an old one.
llvm::Expected<AddedProgram> addProgram(const Places &places, EntryPlan plan,
                                        const BindRequest &wish,
                                        Interruptible &signals);

} // namespace objprelink

#endif
