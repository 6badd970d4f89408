#include "Loader/ResolvedClosure.h"

using namespace llvm;

namespace objprelink {

/// Loads the closure and makes the tables; nothing is looked up yet.
static Expected<ResolvedClosure> loadTables(const ClosureRequest &request) {
  Expected<Closure> closure = loadClosure(request);
  if (!closure)
    return closure.takeError();
  ResolvedClosure out = {std::move(*closure), {}, {}};
  for (const Library &library : out.libraries)
    out.tables.emplace_back(library.image);
  return out;
}

Expected<ResolvedClosure> resolveClosure(const ClosureRequest &request) {
  Expected<ResolvedClosure> out = loadTables(request);
  if (out)
    out->providers = Providers::find(*out, out->tables);
  return out;
}

Expected<ResolvedClosure> resolveOpened(const ClosureRequest &request) {
  Expected<ResolvedClosure> out = loadTables(request);
  if (out)
    out->providers = Providers::findOpened(*out, out->tables);
  return out;
}

} // namespace objprelink
