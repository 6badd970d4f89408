//===- Delivery.h - where the result for one FILE goes ----------*- C++ -*-===//

#ifndef OBJPRELINK_DRIVER_DELIVERY_H
#define OBJPRELINK_DRIVER_DELIVERY_H

#include "Support/Config.h"
#include "Support/OutputFile.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Where one FILE goes.
class Delivery {
public:
  Delivery(const InputFile &input, const FileConfig &config,
           Diagnostics &diagnostics)
      : input(input), config(config), diagnostics(diagnostics) {}

  /// A finished image may be in use, and is the last of its kind more often
  /// than an object is: it is not written over unasked.
  llvm::Error checkTarget() const;
  /// Leaves the input as it is, and makes a copy of it where another file is
  /// asked for.
  llvm::Error deliverCopy();
  /// Hands over the output, or leaves everything as it is where there is none.
  llvm::Error deliver(std::optional<Extents> contents, OutputCheck check);

private:
  const InputFile &input;
  const FileConfig &config;
  Diagnostics &diagnostics;
};

} // namespace objprelink

#endif
