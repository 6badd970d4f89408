#include "Report/SlotTable.h"

using namespace llvm;

namespace objprelink {

Table SlotTable::table(StringRef title) const {
  Table out = {"slots",
               title.str(),
               {{"outcome", "outcome"},
                {"count", "words", Unit::Count},
                {"symbols", "symbols", Unit::Count}},
               {},
               {},
               false,
               1};
  for (const auto &[outcome, row] : rows)
    out.addRow({outcome, row.words, uint64_t(row.symbols.size())});
  return out;
}

} // namespace objprelink
