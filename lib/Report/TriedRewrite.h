//===- TriedRewrite.h - a rewrite in memory, to be measured -----*- C++ -*-===//
//
// Where new words, tables and code come to lie decides which pages a start
// writes to, and only the rewrite itself knows that. So a prediction is made of
// its result.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_REPORT_TRIEDREWRITE_H
#define OBJPRELINK_REPORT_TRIEDREWRITE_H

#include "ELF/Image.h"
#include "ImageRewriter/ImagePlan.h"
#include "Support/Config.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace objprelink {

/// What one of the commands is asked for.
struct Rewrite {
  enum class Slots : uint8_t {
    AsTheyAre,
    Relays,     ///< objprelink1
    Lazy,       ///< objprelink2
    LazyAlways, ///< objprelink2 --override-bind-now --lazy=all
  };
  Slots slots = Slots::AsTheyAre;
  bool packed = false;       ///< --pack-relative-relocs
  bool prerelocated = false; ///< --prerelocate

  bool operator==(const Rewrite &) const = default;
  /// Whether there is anything to do.
  bool isAny() const {
    return slots != Slots::AsTheyAre || packed || prerelocated;
  }
};

/// The options of the command.
RewriteConfig configOf(Rewrite rewrite);

struct TriedRewrite {
  ImageSummary summary;
  /// Why there is no result; empty where there is one.
  std::string refused;
  /// The size of the new file; nothing where it would be the old one.
  std::optional<uint64_t> bytes;
};

/// Has \p rewrite done to \p image. \p show is given the result, which is
/// \p image itself where nothing is to be done or the rewrite is refused.
TriedRewrite tryRewrite(const Image &image, Rewrite rewrite,
                        llvm::function_ref<void(const Image &)> show);

} // namespace objprelink

#endif
