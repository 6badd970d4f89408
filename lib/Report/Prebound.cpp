//===- Prebound.cpp - what a start by a table would cost ------------------===//
//
// The binding is the one that objprelink-bind would make a table of; nothing is
// run, so it is not compared with the loader here.
//
//===----------------------------------------------------------------------===//

#include "Report/Prebound.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FormatVariadic.h"
#include <set>

using namespace llvm;

namespace objprelink {

Costs preboundCosts(const Closure &closure, const Library &library,
                    const BoundObject &bound, const Costs &today) {
  std::set<uint64_t> left;
  for (const Relocation &relocation : bound.rest)
    left.insert(relocation.offset);
  Costs out;
  LookUps(library.image, *closure.target, /*lazy=*/false)
      .walk([&](const Relocation &r) { return !left.count(r.offset); },
            [&](const Relocation &, bool cached) {
              ++(cached ? out.cached : out.lookUps);
            });
  out.tableBytes = bound.rest.size() * sizeof(ELF::Elf64_Rela);
  // The words are the same ones, whoever writes them.
  out.pages = today.pages;
  out.space = today.space;
  return out;
}

void addPrebound(const ResolvedClosure &closure, ArrayRef<Costs> today,
                 bool bindNow, Document &out) {
  Expected<Binding> binding = bindClosure(closure);
  if (!binding) {
    out.remarks.push_back("a prebound start is not possible: " +
                          toString(binding.takeError()));
    return;
  }
  Table table = {"not_prebound",
                 "Objects that a prebound start leaves to the loader",
                 {{"path", "file"},
                  {"reason", "reason"},
                  {"look_ups", "look-ups", Unit::Count}},
                 {},
                 {},
                 false};
  Costs sum, before;
  for (auto [library, bound, costs] :
       zip_first(closure.libraries, binding->objects, today)) {
    const bool isBound = bound.state == PreboundBound;
    before += costs;
    sum += isBound ? preboundCosts(closure, library, bound, costs) : costs;
    if (!isBound)
      table.addRow({library.path, bound.reason, costs.lookUps});
  }
  const auto ratio = [](uint64_t now, uint64_t then) -> Value {
    return then ? Value(100.0 * now / then) : Value();
  };
  for (Table &whatIf : out.tables)
    if (whatIf.key == "what_if")
      whatIf.addRow({std::string("prebound"), std::string("prebound start"),
                     sum.lookUps, sum.cached,
                     ratio(sum.lookUps, before.lookUps), sum.tableBytes,
                     ratio(sum.tableBytes, before.tableBytes), sum.pages,
                     sum.space.pageTables(),
                     // The table has no relocations, but words.
                     Value(), Value(), Value(), Value()});
  out.tables.push_back(std::move(table));
  if (bindNow && binding->hasLazy)
    out.remarks.push_back("with LD_BIND_NOW its table would not be used: "
                          "functions that nobody has are left to the first "
                          "call");
  if (before.lookUps > sum.lookUps)
    out.remarks.push_back(
        formatv("a prebound start (objprelink-bind) would save {0:F1} % of the "
                "look-ups",
                100.0 * (before.lookUps - sum.lookUps) / before.lookUps));
}

} // namespace objprelink
