//===- Reasons.cpp - why an image is not rewritten -----------------------===//
//
// Files with instrumented code are left alone as a whole; the marks are the
// same for objects, images and links. It cannot be told which slots a check or
// a profile looks at, and a build that measures or checks gains nothing from a
// faster start. Code that would end the program at a stub is an error in an
// object, where someone has asked for just this file; all other instrumentation
// leaves a build running. A link gives LLD's output with a remark.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/Reasons.h"
#include "ImageEdit/Coherence.h"
#include "ImageEdit/ImageEdit.h"
#include "ImageEdit/SelfChecks.h"
#include "ImageRewriter/Hardening.h"
#include "Support/Diagnostics.h"
#include "VTable/Instrumentation.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

std::string nothingToDo(const Image &image, const Decisions &decisions,
                        const ImageConfig &config) {
  const ImagePlan &slots = decisions.slots;
  if (slots.redirected || slots.movedWords || decisions.prerelocation)
    return "";
  if (config.prerelocate)
    return "no relative relocations that could be applied in the file";
  // LLD has packed its own.
  if (decisions.packing.packing == Packing::All && !config.linked &&
      any_of(image.relocations, [&](const Relocation &relocation) {
        return relocation.type == slots.target->relative;
      }))
    return "";
  if (slots.vtables.tables.empty())
    return "no vtables";
  if (slots.vtables.slots.empty())
    return formatv("none of the {0} vtables has a symbolic slot",
                   slots.vtables.tables.size());
  return formatv("none of the {0} symbolic slots would save a look-up",
                 slots.vtables.slots.size());
}

Expected<std::string> whyKeptBack(const Image &image) {
  Expected<std::optional<Instrumentation>> found = findInstrumentation(image);
  if (!found)
    return found.takeError();
  return *found ? (*found)->reason : findHardenedJumps(image);
}

Error checkRewritable(const Image &image, const MachineCode &machine,
                      const ImageConfig &config) {
  if (image.packedTable)
    return error("{0} is not supported", dynamicTagName(*image.packedTable));
  // glibc has no code for the others (ELF_MACHINE_NO_REL, ELF_MACHINE_NO_RELA).
  if (image.hasAddends != image.is64)
    return error("{0} is not supported: relocations of this machine are in {1}",
                 image.hasAddends ? "DT_RELA" : "DT_REL",
                 image.is64 ? "DT_RELA" : "DT_REL");
  if (Error e = checkCoherence(image, machine))
    return e;
  if (Error e = checkSelfChecks(image))
    return e;
  const std::optional<uint64_t> overlay = findOverlay(image);
  if (overlay && !config.keepOverlay)
    return error("{0} bytes follow all that the file describes, from {1:x} on "
                 "(--keep-overlay keeps them at the end)",
                 image.bytes.size() - *overlay, *overlay);
  return Error::success();
}

} // namespace objprelink
