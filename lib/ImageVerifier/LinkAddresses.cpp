#include "ImageVerifier/LinkAddresses.h"
#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Sections that a PLT brings with it.
static bool mayBeNew(const Image &image, const Section &section) {
  const StringRef name = image.name(section);
  return isEntryCode(name) || isEntryWords(name) || name == ".rela.plt" ||
         (name == ".note.objprelink" && section.type == SHT_NOTE);
}

/// Tables that are compared by what they say, and what has no contents that
/// mean anything to a program.
static bool isTable(const Image &image, const Section &section) {
  const StringRef name = image.name(section);
  return mayBeNew(image, section) || section.type == SHT_RELA ||
         section.type == SHT_RELR || section.type == SHT_DYNAMIC ||
         name == ".relro_padding";
}

bool LinkAddresses::isResized(uint32_t section) const {
  return isTable(plain, plain.sections[section]);
}

bool LinkAddresses::hasSameContents(uint32_t index) const {
  const Section &section = plain.sections[index];
  const StringRef name = plain.name(section);
  return index && !isResized(index) && section.hasBytes() && section.size &&
         section.type != SHT_DYNSYM && !(section.flags & SHF_COMPRESSED) &&
         // The sections have other numbers, and the file another identity.
         index != plain.sectionNamesIndex && name != ".note.gnu.build-id";
}

/// Both have the same sections in the same order, but for new ones.
Error LinkAddresses::matchSections() {
  sectionNow.assign(plain.sections.size(), 0);
  uint32_t next = 1;
  for (uint32_t index = 1; index < plain.sections.size(); ++index) {
    const Section &was = plain.sections[index];
    const StringRef name = plain.name(was);
    // A rewrite puts it behind the table of which DT_RELR has taken words.
    const bool mayMove = name == ".rela.plt";
    uint32_t at = mayMove ? 1 : next;
    for (; at < now.sections.size() && now.name(now.sections[at]) != name; ++at)
      if (!mayMove && !mayBeNew(now, now.sections[at]))
        return error("{0} is new, or {1} is missing", now.describe(at),
                     plain.describe(index));
    if (at == now.sections.size())
      return error("{0} is missing", plain.describe(index));
    if (!mayMove)
      next = at + 1;
    const Section &is = now.sections[at];
    const bool isNames = index == plain.sectionNamesIndex;
    const bool mayHaveSize =
        isResized(index) || isNames || (was.flags & SHF_COMPRESSED);
    if (was.type != is.type || was.flags != is.flags ||
        was.alignment != is.alignment || was.entrySize != is.entrySize ||
        (!mayHaveSize && was.size != is.size))
      return error("{0} is not what it was", plain.describe(index));
    sectionNow[index] = at;
    slides.insert(is.address - was.address);
    if (was.flags & SHF_ALLOC) {
      edges[was.address].push_back(is.address);
      edges[was.address + was.size].push_back(is.address + is.size);
    }
    // What a thread has zeros of takes no addresses.
    if (!(was.flags & SHF_ALLOC) || (was.flags & SHF_TLS && !was.hasBytes()))
      continue;
    const AddressRange range = {was.address, was.size};
    if (isResized(index))
      resized.push_back(range);
    if (!range.empty() && !isEntryWords(name) && !isEntryCode(name))
      kept.push_back({range, is.address - was.address});
  }
  for (; next < now.sections.size(); ++next)
    if (!mayBeNew(now, now.sections[next]))
      return error("{0} is new", now.describe(next));
  llvm::sort(kept, [](const MovedRange &a, const MovedRange &b) {
    return a.old.address < b.old.address;
  });
  for (const Section &section : now.sections)
    if (isEntryWords(now.name(section)))
      words.push_back({section.address, section.size});
  return Error::success();
}

MovedRange LinkAddresses::sectionAt(uint64_t address) const {
  const auto next = partition_point(kept, [&](const MovedRange &range) {
    return range.old.address <= address;
  });
  return next != kept.begin() && std::prev(next)->old.contains(address)
             ? *std::prev(next)
             : MovedRange();
}

std::optional<uint64_t> LinkAddresses::inSection(uint64_t address) const {
  const MovedRange found = sectionAt(address);
  return found.old.empty() ? std::nullopt
                           : std::optional(address + found.slide);
}

std::optional<uint64_t> LinkAddresses::mapped(uint64_t address) const {
  const auto found = moved.find(address);
  return found != moved.end() ? std::optional(found->second)
                              : inSection(address);
}

bool LinkAddresses::isBetween(uint64_t address, uint64_t other) const {
  if (any_of(resized, [&](const AddressRange &range) {
        return range.contains(address);
      }))
    return false;
  const auto next = partition_point(kept, [&](const MovedRange &range) {
    return range.old.address <= address;
  });
  const uint64_t slide = other - address;
  return (next != kept.end() && next->slide == slide) ||
         (next != kept.begin() && std::prev(next)->slide == slide);
}

bool LinkAddresses::isSame(uint64_t address, uint64_t other) const {
  const std::optional<uint64_t> there = mapped(address);
  if (there == other || (address == other && isHeader(address)))
    return true;
  const auto found = edges.find(address);
  if (found != edges.end())
    return is_contained(found->second, other);
  return !there && !isHeader(address) && isBetween(address, other);
}

AddressRange LinkAddresses::movedOtherwise(const AddressRange &range,
                                           uint64_t slide) const {
  uint64_t begin = UINT64_MAX, end = 0;
  const auto add = [&](const AddressRange &other) {
    const uint64_t from = std::max(other.address, range.address);
    const uint64_t to = std::min(other.end(), range.end());
    if (from >= to)
      return;
    begin = std::min(begin, from);
    end = std::max(end, to);
  };
  for (const MovedRange &section : kept)
    if (section.slide != slide)
      add(section.old);
  // Their entries and words have moved one by one.
  for (const AddressRange &section : resized)
    add(section);
  return begin < end ? AddressRange{begin, end - begin} : AddressRange();
}

bool LinkAddresses::isEntryNow(uint64_t address) const {
  return any_of(words, [&](const AddressRange &range) {
    return range.contains(address);
  });
}

uint64_t LinkAddresses::probable(uint64_t address) const {
  if (const std::optional<uint64_t> there = mapped(address))
    return *there;
  const auto edge = edges.find(address);
  return edge != edges.end() ? edge->second.front() : address;
}

bool LinkAddresses::isAddress(uint64_t number) const {
  return !kept.empty() && number >= kept.front().old.address &&
         number <= kept.back().old.end();
}

Error LinkAddresses::match() {
  if (Error e = matchSections())
    return e;
  if (Error e = matchWords())
    return e;
  return matchEntries();
}

} // namespace objprelink
