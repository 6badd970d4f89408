#include "Support/Diagnostics.h"

using namespace llvm;

namespace objprelink {

void Diagnostics::append(const Diagnostics &other, StringRef context) {
  for (const std::string &line : other.notes)
    note(context + line);
  for (const std::string &loss : other.losses)
    lose(context + loss);
  for (const std::string &message : other.warnings)
    warn(context + message);
}

std::string visible(StringRef message) {
  std::string out;
  for (const char c : message) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += formatv("\\x{0:x-2}", static_cast<unsigned char>(c)).str();
    else
      out += c;
  }
  return out;
}

Error inContext(StringRef context, Error e) {
  return handleErrors(std::move(e), [&](const ErrorInfoBase &info) {
    return createStringError(context + ": " + info.message());
  });
}

} // namespace objprelink
