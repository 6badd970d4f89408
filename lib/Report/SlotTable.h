//===- SlotTable.h - what a rewrite does with words of vtables --*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_SLOTTABLE_H
#define OBJPRELINK_REPORT_SLOTTABLE_H

#include "Report/Document.h"
#include <map>
#include <set>

namespace objprelink {

/// Counts words of vtables by what a plan makes of them.
class SlotTable {
public:
  void addRedirected(uint32_t symbol) { add("redirected", symbol); }
  /// \p why finishes the sentence "left alone: ...".
  void addKept(llvm::StringRef why, uint32_t symbol) {
    add("left alone: " + why.str(), symbol);
  }
  /// The table "slots".
  Table table(llvm::StringRef title) const;

private:
  struct Row {
    uint64_t words = 0;
    std::set<uint32_t> symbols;
  };
  void add(const std::string &outcome, uint32_t symbol) {
    ++rows[outcome].words;
    rows[outcome].symbols.insert(symbol);
  }
  std::map<std::string, Row> rows;
};

} // namespace objprelink

#endif
