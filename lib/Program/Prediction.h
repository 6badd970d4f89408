//===- Prediction.h - what a start would gain -------------------*- C++ -*-===//
//
// Two levers there are: a table, which has nearly all look-ups made beforehand,
// and rewritten libraries, whose vtable slots are bound late or once. Beside a
// table the second gains next to nothing, since slots are among the words of
// the table. How much each would gain is counted here, on the files.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROGRAM_PREDICTION_H
#define OBJPRELINK_PROGRAM_PREDICTION_H

#include "Loader/ResolvedClosure.h"
#include "Support/Config.h"

namespace objprelink {

/// What the user has allowed to be given up for a faster start.
struct Allowed {
  /// Calls through vtables go through words that stay writable, as those of a
  /// lazy PLT do.
  bool lazySlots = false;
  /// BIND_NOW, and RELRO of the words that it had made read-only.
  bool lazyBindNow = false;
};

/// What is given up, in a line; empty if nothing is.
std::vector<std::string> describeGivenUp(const Allowed &allowed);

/// How a library would be rewritten, and what for.
struct RewriteChoice {
  /// As the loader has it.
  std::string path;
  bool pays = false;
  /// Why it does, or does not.
  std::string reason;
  /// Its look-ups before main, as it is and rewritten.
  uint64_t lookUps = 0, lookUpsThen = 0;
  SlotConfig config;
};

struct Prediction {
  uint64_t libraries = 0, bound = 0;
  /// Look-ups of the start as it is and by a table, and those that rewritten
  /// libraries would save without a table and beside one.
  uint64_t lookUps = 0, byTable = 0, savedByRewrite = 0, savedBeside = 0;
  /// Pages that relocations make private, in both cases.
  uint64_t pages = 0;
  uint64_t tableBytes = 0;
  /// Why there cannot be a table; empty if there can.
  std::string noTable;
  /// For each file that is loaded.
  std::vector<RewriteChoice> choices;
};

/// Predicts the start of the program of \p request.
llvm::Expected<Prediction> predictStart(const ClosureRequest &request,
                                        const std::string &program,
                                        const Allowed &allowed);

} // namespace objprelink

#endif
