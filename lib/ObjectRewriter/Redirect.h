//===- Redirect.h - slots to stubs ------------------------------*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_REDIRECT_H
#define OBJPRELINK_OBJECTREWRITER_REDIRECT_H

#include "ObjectRewriter/Plan.h"

namespace objprelink {

/// Gives the relocation of each redirected slot the symbol of its stub.
void redirectSlots(const Object &object, const Plan &plan, ObjectEdit &edit);

} // namespace objprelink

#endif
