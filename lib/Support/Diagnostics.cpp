#include "Support/Diagnostics.h"

using namespace llvm;

namespace objprelink {

void Diagnostics::append(const Diagnostics &other, StringRef context) {
  for (const std::string &line : other.notes)
    note(context + line);
  for (const std::string &message : other.warnings)
    warn(context + message);
}

Error inContext(StringRef context, Error e) {
  return handleErrors(std::move(e), [&](const ErrorInfoBase &info) {
    return createStringError(context + ": " + info.message());
  });
}

} // namespace objprelink
