//===- AddressSet.cpp - addresses for images that load together -----------===//
//
// A page table describes 2 MiB. Images that are scattered over the range need
// one or two for each of them, which may be more memory than their unwritten
// pages save. Here they stand side by side: first large ones, each at a
// multiple of 2 MiB and with a gap behind it, then the others, page by page.
//
// How large an image is, its rewrite tells: it is made once for its size, and
// nothing in it depends on its address but addresses.
//
//===----------------------------------------------------------------------===//

#include "Driver/AddressSet.h"
#include "ELF/Classify.h"
#include "ImageRewriter/PreferredBase.h"
#include "ImageRewriter/RewriteImage.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "Target/Machine.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static constexpr uint64_t kLarge = 0x200000;

namespace {
/// An image that is to have an address.
struct Member {
  size_t index = 0;
  std::string name;
  const Machine *machine = nullptr;
  uint64_t size = 0;
  uint64_t alignment = Image::kPageSize;

  bool isLarge() const { return size >= kLarge; }
  /// What must be free for the image to be there. To begin at a multiple of
  /// more than a page, glibc maps more than it needs (_dl_map_segment,
  /// from 2.35 on). For what a huge page would fit, the kernel looks for room
  /// for one more at the address that is asked for, and goes elsewhere where
  /// that is taken
  /// (__thp_get_unmapped_area in mm/huge_memory.c).
  uint64_t room() const {
    return alignTo(size, Image::kPageSize) +
           std::max(alignment > Image::kPageSize ? alignment : 0,
                    isLarge() ? kLarge : 0);
  }
};
} // namespace

/// What \p image, of which \p made is the rewrite, needs.
static void measure(const RewrittenImage &made, Member &member) {
  const Image &before = *made.before;
  member.machine = findMachine(before.machine, before.is64);
  const uint64_t begin = alignDown(
      before.segments[before.loadable.front()].address, Image::kPageSize);
  for (const Segment &segment : made.edit->segments)
    if (segment.type == PT_LOAD)
      member.size = std::max(member.size, segment.addressEnd() - begin);
  member.alignment = addressUnit(made.edit->segments);
}

/// Makes the rewrite of one file in memory. Returns why it has no address.
static std::string makeOnce(const std::string &path,
                            const RewriteConfig &config, Member &member) {
  Expected<InputFile> input = InputFile::open(path);
  if (!input) {
    // The run says so.
    consumeError(input.takeError());
    return "";
  }
  if (classify(input->bytes()).kind != FileKind::Image)
    return "";
  Diagnostics unused;
  Expected<RewrittenImage> made = rewriteImage(input->bytes(), config, unused);
  if (!made)
    return toString(made.takeError());
  // The run says why nothing is to be done.
  if (!made->contents)
    return "";
  member.name = sys::path::filename(path).str();
  measure(*made, member);
  return "";
}

/// Where the set begins: another set, or another seed, is elsewhere.
static uint64_t beginOf(ArrayRef<Member> members, const Machine &machine,
                        uint64_t seed, uint64_t size) {
  std::string names = utostr(seed);
  for (const Member &member : members)
    names += "/" + member.name;
  const uint64_t range = machine.preferredEnd - machine.preferredBegin;
  const uint64_t places = size < range ? (range - size) / kLarge : 0;
  return machine.preferredBegin +
         (places ? xxh3_64bits(names) % places * kLarge : 0);
}

/// Gives those of one machine, in order, their places after \p base. Returns
/// where the last one ends.
static uint64_t place(ArrayRef<Member> members, uint64_t base,
                      std::vector<SetMember> *out) {
  uint64_t at = base;
  for (const Member &member : members) {
    at = alignTo(at, std::max(member.alignment,
                              member.isLarge() ? kLarge : Image::kPageSize));
    if (out)
      (*out)[member.index].base = at;
    at += member.room();
  }
  return at;
}

std::vector<SetMember> addressesOf(ArrayRef<std::string> files,
                                   const RewriteConfig &given) {
  RewriteConfig config = given;
  config.undoRecord = false;
  config.quiet = true;
  config.showsPlan = config.verbose = false;
  std::vector<Member> members(files.size());
  std::vector<SetMember> out(files.size());
  parallelFor(0, files.size(), [&](size_t i) {
    members[i].index = i;
    out[i].reason = makeOnce(files[i], config, members[i]);
  });
  erase_if(members, [](const Member &member) { return !member.machine; });
  llvm::sort(members, [](const Member &a, const Member &b) {
    return std::tuple(a.machine->is64, !a.isLarge(), StringRef(a.name),
                      a.index) < std::tuple(b.machine->is64, !b.isLarge(),
                                            StringRef(b.name), b.index);
  });
  for (ArrayRef<Member> rest = members; !rest.empty();) {
    const Machine &machine = *rest.front().machine;
    const ArrayRef<Member> same = rest.take_while(
        [&](const Member &member) { return member.machine == &machine; });
    const uint64_t size = place(same, 0, nullptr);
    place(same, beginOf(same, machine, config.baseSeed, size), &out);
    rest = rest.drop_front(same.size());
  }
  return out;
}

} // namespace objprelink
