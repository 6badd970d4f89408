#include "Program/Prediction.h"
#include "Binding/TableWriter.h"
#include "Report/Prebound.h"
#include "Report/WhatIf.h"
#include "Support/Diagnostics.h"
#include "Target/Target.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;

namespace objprelink {

/// A library with fewer look-ups saved than these is not rewritten: the pages
/// and segments that it gets cost more than that.
static constexpr uint64_t kFewLookUps = 16;
/// Nor is one of whose look-ups less than this part is saved.
static constexpr double kSmallPart = 0.03;

/// The scenarios of the report that are ways to rewrite a library here.
static constexpr StringLiteral kRelays("relay"), kLazySlots("lazy"),
    kLazyBindNow("lazy_no_bind_now");

std::vector<std::string> describeGivenUp(const Allowed &allowed) {
  std::vector<std::string> out;
  if (allowed.lazySlots)
    out.push_back(
        "lazy-slots: in rewritten libraries without BIND_NOW, virtual "
        "calls go through words that stay writable, as calls through "
        "their PLT do");
  if (allowed.lazyBindNow)
    out.push_back(
        "lazy-bind-now: rewritten libraries lose BIND_NOW, and virtual "
        "calls in them go through words that stay writable");
  return out;
}

/// What each scenario costs, of which the report has the names.
static const Costs &costsIn(ArrayRef<Costs> costs, StringRef key) {
  const auto at = find_if(scenarios(), [&](const Scenario &scenario) {
    return scenario.key == key;
  });
  return costs[at - scenarios().begin()];
}

static void choose(const Image &image, const Allowed &allowed,
                   ArrayRef<Costs> costs, RewriteChoice &out) {
  StringRef key = kRelays;
  if (image.isBindNow && allowed.lazyBindNow) {
    key = kLazyBindNow;
    out.config.mode = Mode::Lazy;
    out.config.overrideBindNow = true;
    out.config.lazyAll = true;
  } else if (!image.isBindNow && allowed.lazySlots) {
    key = kLazySlots;
    out.config.mode = Mode::Lazy;
  }
  out.lookUps = costs[0].lookUps;
  out.lookUpsThen = std::min(costsIn(costs, key).lookUps, out.lookUps);
  const uint64_t saved = out.lookUps - out.lookUpsThen;
  out.pays = saved >= kFewLookUps && saved >= kSmallPart * out.lookUps;
  out.reason =
      formatv("{0} would save {1} of {2} look-ups",
              out.config.mode == Mode::Lazy ? "lazy entries" : "relays", saved,
              out.lookUps);
  if (out.pays)
    return;
  const uint64_t lazy = costsIn(costs, kLazyBindNow).lookUps;
  const char *allow = image.isBindNow ? "lazy-bind-now" : "lazy-slots";
  const bool isAllowed = out.config.mode == Mode::Lazy;
  if (!isAllowed && lazy + kFewLookUps <= out.lookUps &&
      out.lookUps - lazy >= kSmallPart * out.lookUps)
    out.reason += formatv("; {0} with --allow={1}", out.lookUps - lazy, allow);
}

static Expected<RewriteChoice> chooseOne(const Closure &closure, uint32_t index,
                                         const Allowed &allowed,
                                         std::vector<Costs> &costs) {
  const Library &library = closure.libraries[index];
  RewriteChoice out;
  out.path = library.path;
  costs.assign(scenarios().size(), {});
  if (library.isLoader) {
    out.reason = "it is the loader";
    return out;
  }
  if (!library.unreadable.empty()) {
    out.reason = library.unreadable;
    return out;
  }
  const Image &image = library.image;
  const Target &target = *findTarget(closure.target->machine, image.is64);
  if (image.isExecutable) {
    costs.assign(
        scenarios().size(),
        costsOf(image, target, !closure.loader.isMusl() && !image.isBindNow));
    out.lookUps = out.lookUpsThen = costs.front().lookUps;
    out.reason = "an executable at fixed addresses";
    return out;
  }
  Expected<WhatIf> estimated =
      estimateCosts(image, target, closure.loader.isMusl(),
                    {"today", kRelays, kLazySlots, kLazyBindNow});
  if (!estimated)
    return inContext(library.path, estimated.takeError());
  costs = std::move(estimated->costs);
  choose(image, allowed, costs, out);
  return out;
}

static Expected<std::vector<RewriteChoice>>
chooseAll(const Closure &closure, const Allowed &allowed,
          std::vector<std::vector<Costs>> &costs) {
  const size_t count = closure.libraries.size();
  costs.resize(count);
  std::vector<RewriteChoice> out(count);
  std::vector<std::string> problems(count);
  parallelFor(0, count, [&](size_t i) {
    Expected<RewriteChoice> choice = chooseOne(closure, i, allowed, costs[i]);
    if (choice)
      out[i] = std::move(*choice);
    else
      problems[i] = toString(choice.takeError());
  });
  for (const std::string &problem : problems)
    if (!problem.empty())
      return error("{0}", problem);
  return out;
}

Expected<Prediction> predictStart(const ClosureRequest &request,
                                  const std::string &program,
                                  const Allowed &allowed) {
  Expected<ResolvedClosure> closure = resolveClosure(request);
  if (!closure)
    return closure.takeError();
  for (const MissingLibrary &missing : closure->missing)
    return error("{0}, which {1} needs, was not found", missing.name,
                 closure->libraries[missing.neededBy].path);
  Prediction out;
  std::vector<std::vector<Costs>> costs;
  Expected<std::vector<RewriteChoice>> choices =
      chooseAll(*closure, allowed, costs);
  if (!choices)
    return choices.takeError();
  out.choices = std::move(*choices);
  Expected<Binding> binding = bindClosure(*closure);
  if (!binding)
    out.noTable = toString(binding.takeError());
  for (auto [index, library] : enumerate(closure->libraries)) {
    const Costs &today = costs[index].front();
    const RewriteChoice &choice = out.choices[index];
    const uint64_t saved =
        choice.pays ? choice.lookUps - choice.lookUpsThen : 0;
    const bool isBound =
        out.noTable.empty() && binding->objects[index].state == PreboundBound;
    ++out.libraries;
    out.bound += isBound;
    out.pages += today.pages;
    out.lookUps += today.lookUps;
    out.savedByRewrite += saved;
    out.savedBeside += isBound ? 0 : saved;
    out.byTable += isBound ? preboundCosts(*closure, library,
                                           binding->objects[index], today)
                                 .lookUps
                           : today.lookUps;
  }
  // Those that it does for itself.
  const uint64_t own = countLoaderLookUps(*closure, /*bindNow=*/false);
  out.lookUps += own;
  out.byTable += own;
  if (!out.noTable.empty())
    return out;
  Expected<ByteVector> table = writeTable({*closure,
                                           *binding,
                                           closure->scopes[0],
                                           program,
                                           request.preload,
                                           request.libraryPath,
                                           {},
                                           false});
  if (!table)
    out.noTable = toString(table.takeError());
  else
    out.tableBytes = table->size();
  return out;
}

} // namespace objprelink
