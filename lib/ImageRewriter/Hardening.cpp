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

/// The byte of lfence that is rare in code: memchr() passes by all else.
static constexpr char kRarest = '\xae';

static constexpr StringLiteral kLost("which new code would not have");

std::string findHardenedJumps(const Image &image) {
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    if (!(segment.flags & PF_X))
      continue;
    const StringRef code =
        toStringRef(image.contentsAt(segment.address, segment.fileSize));
    for (size_t next = code.find(kRarest); next != StringRef::npos;
         next = code.find(kRarest, next + 1))
      for (const Pattern &pattern : kPatterns)
        if (const size_t before = pattern.bytes.find(kRarest);
            next >= before &&
            code.drop_front(next - before).starts_with(pattern.bytes))
          return formatv("{0} (at {1:x}), {2}", pattern.what,
                         segment.address + next - before, kLost);
  }
  return "";
}

} // namespace objprelink
