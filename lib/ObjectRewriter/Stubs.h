//===- Stubs.h - the sections and symbols of new stubs ----------*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_STUBS_H
#define OBJPRELINK_OBJECTREWRITER_STUBS_H

#include "ObjectRewriter/Plan.h"

namespace objprelink {

/// Adds what the plan's new stubs need to \p edit.
void addStubs(const Object &object, const Plan &plan, const Config &config,
              ObjectEdit &edit);

} // namespace objprelink

#endif
