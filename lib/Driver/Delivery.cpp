#include "Driver/Delivery.h"
#include "Support/Diagnostics.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;

namespace objprelink {

Error Delivery::checkTarget() const {
  if (config.output.empty() && !config.inPlace && !config.dryRun &&
      !input.isStdin())
    return error("a shared library or PIE is rewritten to -o <file>, or over "
                 "itself with --in-place");
  return Error::success();
}

Error Delivery::deliver(std::optional<Extents> contents, OutputCheck check) {
  const std::string &target =
      config.output.empty() ? input.path : config.output;
  if (config.dryRun)
    return Error::success();
  // -o may name the input, by whatever path: its copy is there already.
  if (!contents && !input.isStdin() && sys::fs::equivalent(target, input.path))
    return Error::success();
  const auto checkAsDefect = [&](Bytes written, const Copies &copies) -> Error {
    if (Error e = check(written, copies))
      return inContext("internal error: the output is wrong and was not kept",
                       std::move(e));
    return Error::success();
  };
  if (!contents)
    contents.emplace().append(input.bytes());
  Error e = writeOutput(target, std::move(*contents), input, checkAsDefect,
                        diagnostics);
  return target == input.path ? std::move(e) : inContext(target, std::move(e));
}

Error Delivery::deliverCopy() {
  return deliver(std::nullopt, [&](Bytes written, const Copies &copies) {
    return copies.same(input.bytes(), written) ? Error::success()
                                               : error("the copy differs");
  });
}

} // namespace objprelink
