#include "ObjectRewriter/RewriteObject.h"
#include "ELF/ObjectReader.h"
#include "ELF/ObjectWriter.h"
#include "ObjectRewriter/Instrumentation.h"
#include "ObjectRewriter/Plan.h"
#include "ObjectRewriter/Redirect.h"
#include "ObjectRewriter/Stubs.h"
#include "Support/Diagnostics.h"

using namespace llvm;

namespace objprelink {

Expected<RewrittenObject> rewriteObject(Bytes bytes, const Config &config,
                                        Diagnostics &diagnostics) {
  // Read.
  Expected<Object> object = readObject(bytes);
  if (!object)
    return object.takeError();
  const Target *target = findTarget(object->machine, object->is64);
  if (!target)
    return error("machine {0} is not supported", object->machine);
  if (Error e = checkBitcode(*object, diagnostics))
    return e;

  // Decide. Nothing changes from here on but the edit.
  Expected<Plan> plan = makePlan(*object, *target, config);
  if (!plan)
    return plan.takeError();
  if (config.verbose || config.dryRun)
    printPlan(*object, *plan, /*kept=*/config.verbose, diagnostics);
  if (!plan->redirected)
    return RewrittenObject();
  if (Error e = checkInstrumentation(*object))
    return e;

  // Change.
  ObjectEdit edit;
  if (Error e = addStubs(*object, *plan, edit))
    return e;
  if (Error e = redirectSlots(*object, *plan, edit))
    return e;
  // The edit is complete.

  // Write.
  Expected<Extents> contents = writeObject(*object, std::move(edit));
  if (!contents)
    return contents.takeError();
  return RewrittenObject{plan->redirected, std::move(*contents),
                         std::move(*object)};
}

} // namespace objprelink
