//===- Print.h - plans and entries for people and programs ------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_PROGRAM_PRINT_H
#define OBJPRELINK_TOOLS_OBJPRELINK_PROGRAM_PRINT_H

#include "Program/EntryPlan.h"
#include "Program/Prediction.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace objprelink {

/// What would be done for a program.
struct ProgramPlan {
  std::string name;
  EntryPlan entry;
  Prediction prediction;
};

/// An entry, and what is wrong with it.
struct EntryState {
  Entry entry;
  /// Empty if starts use the table.
  std::vector<std::string> problems;
};

/// In no more than a screen.
void printPlan(const Places &places, const ProgramPlan &plan,
               llvm::raw_ostream &out);
void printPlan(const Places &places, const ProgramPlan &plan,
               llvm::json::OStream &out);

/// The members that the plans of programs and of images have in common.
void printPrediction(const Prediction &prediction, llvm::json::OStream &out);

/// One line, and with \p details one for each problem.
void printState(const Places &places, const EntryState &state, bool details,
                llvm::raw_ostream &out);
void printState(const Places &places, const EntryState &state,
                llvm::json::OStream &out);

} // namespace objprelink

#endif
