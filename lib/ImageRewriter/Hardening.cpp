#include "ImageRewriter/Hardening.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
struct Pattern {
  StringLiteral bytes;
  StringLiteral what;
};
} // namespace

static constexpr Pattern kPatterns[] = {
    // pause; lfence; jmp to the pause: where a retpoline of GCC, clang or LLD
    // keeps what speculates past its call.
    {"\xf3\x90\x0f\xae\xe8\xeb\xf9", "retpolines"},
    // lfence; jmp *%r11: clang's __llvm_lvi_thunk_r11.
    {"\x0f\xae\xe8\x41\xff\xe3", "jumps hardened for LVI"},
};

static constexpr StringLiteral kLost("which new code would not have");

std::string findHardenedJumps(const Image &image) {
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    if (!(segment.flags & PF_X))
      continue;
    const StringRef code =
        toStringRef(image.contentsAt(segment.address, segment.fileSize));
    for (const Pattern &pattern : kPatterns)
      if (const size_t at = code.find(pattern.bytes); at != StringRef::npos)
        return formatv("{0} (at {1:x}), {2}", pattern.what,
                       segment.address + at, kLost);
  }
  return "";
}

} // namespace objprelink
