#include "ObjectRewriter/RewriteObject.h"
#include "ELF/ObjectReader.h"
#include "ELF/ObjectWriter.h"
#include "ELF/Relocations.h"
#include "ObjectRewriter/Bitcode.h"
#include "ObjectRewriter/Plan.h"
#include "ObjectRewriter/Redirect.h"
#include "ObjectRewriter/Stubs.h"
#include "Support/Diagnostics.h"
#include "VTable/Instrumentation.h"

using namespace llvm;

namespace objprelink {

namespace {
/// What a plan comes to. The plan itself, which knows every word of every
/// vtable, is gone before the output is made.
struct Decision {
  unsigned redirectedSlots = 0;
  ObjectEdit edit;
  std::string reason;
};
} // namespace

static Expected<Decision> decide(const Object &object, const Config &config,
                                 Diagnostics &diagnostics) {
  Expected<const Target &> target =
      supportedTarget(object.machine, object.is64);
  if (!target)
    return target.takeError();
  Expected<Plan> plan = makePlan(object, *target, config);
  if (!plan)
    return plan.takeError();
  if (config.verbose || config.dryRun)
    printPlan(object, *plan, /*kept=*/config.verbose, diagnostics);

  // Nothing is decided from here on.
  Decision out;
  if (!plan->redirected)
    return out;
  if (const std::optional<Instrumentation> found =
          findInstrumentation(object)) {
    if (found->guards)
      return error("{0}", found->reason);
    if (!config.quiet)
      diagnostics.note(": left alone: " + found->reason);
    out.reason = found->reason;
    return out;
  }
  out.redirectedSlots = plan->redirected;
  addStubs(object, *plan, config, out.edit);
  if (Error e = checkSymbolCount(object.is64, object.symbols.size() +
                                                  out.edit.symbols.size()))
    return e;
  redirectSlots(object, *plan, out.edit);
  return out;
}

Expected<RewrittenObject> rewriteObject(Bytes bytes, const Config &config,
                                        Diagnostics &diagnostics) {
  Expected<Object> object = readObject(bytes);
  if (!object)
    return object.takeError();
  if (Error e = checkBitcode(*object, diagnostics))
    return e;
  Expected<Decision> decision = decide(*object, config, diagnostics);
  if (!decision)
    return decision.takeError();
  RewrittenObject out;
  out.reason = std::move(decision->reason);
  out.redirectedSlots = decision->redirectedSlots;
  if (!out.redirectedSlots)
    return out;
  // The edit is complete.
  Expected<Extents> contents = writeObject(*object, std::move(decision->edit));
  if (!contents)
    return contents.takeError();
  out.contents = std::move(*contents);
  out.before = std::move(*object);
  return out;
}

} // namespace objprelink
