#include "ObjectRewriter/Redirect.h"
#include "ELF/Relocations.h"

using namespace llvm;

namespace objprelink {

void redirectSlots(const Object &object, const Plan &plan, ObjectEdit &edit) {
  for (auto [group, outcomes] :
       zip_equal(plan.vtables.relocations, plan.outcomes)) {
    std::vector<SymbolChange> changes;
    for (auto [word, outcome] : zip_equal(group.words, outcomes))
      if (outcome == WordOutcome::Redirected)
        changes.push_back(
            {word.entry,
             plan.stubs[plan.stubOf.lookup(group.at(word).symbol)].symbol});
    if (changes.empty())
      continue;
    edit.replacements.push_back(
        {group.section,
         withSymbols(object, group.section, group.all, changes)});
  }
}

} // namespace objprelink
