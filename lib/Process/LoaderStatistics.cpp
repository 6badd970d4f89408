#include "Process/LoaderStatistics.h"

using namespace llvm;

namespace objprelink {

LoaderStatistics parseLoaderStatistics(StringRef text) {
  LoaderStatistics out;
  while (!text.empty()) {
    StringRef line;
    std::tie(line, text) = text.split('\n');
    // "     12345:   number of relocations: 91"
    const auto [title, number] = line.split(':').second.split(':');
    const StringRef name = title.trim();
    StringRef rest = number.trim();
    uint64_t count;
    if (rest.consumeInteger(10, count))
      continue;
    if (name == "total startup time in dynamic loader") {
      out = {};
      out.cycles = count;
    } else if (name == "time needed for relocation") {
      out.relocationCycles = count;
    } else if (name == "number of relocations") {
      out.lookUps = count;
    } else if (name == "number of relocations from cache") {
      out.cached = count;
    } else if (name == "number of relative relocations") {
      out.relative = count;
    } else if (name == "final number of relocations") {
      out.finalLookUps = count;
    } else if (name == "final number of relocations from cache") {
      out.finalCached = count;
    }
  }
  return out;
}

} // namespace objprelink
