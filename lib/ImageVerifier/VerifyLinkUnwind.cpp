//===- VerifyLinkUnwind.cpp - unwind tables of two links ------------------===//
//
// .eh_frame (LSB Core, 10.6), its sorted table .eh_frame_hdr, and the tables of
// handlers that it leads to (.gcc_except_table, Itanium C++ ABI, level 2). Both
// links have the same of them, but for distances. Each distance must lead to
// the same thing, also one that is equal in both. A table in a form that is not
// known is refused.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/LinkParts.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/LEB128.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::dwarf;
using namespace llvm::support::endian;

namespace objprelink {

namespace {
/// What a CIE says of its FDEs.
struct Common {
  uint8_t code = DW_EH_PE_absptr;
  uint8_t handlers = DW_EH_PE_omit;
  bool hasSize = false;
};

/// A section of the plain image, read from \p at on to \p end. Behind it is
/// nothing but zeros, and \p isWhole tells that.
class Table {
public:
  Table(const LinkPair &links, const Section &was, const Section &is)
      : links(links), address(was.address), slide(is.address - was.address),
        old(links.plain.bytes.slice(was.offset, was.size)),
        fresh(links.now.bytes.slice(is.offset, is.size)), end(old.size()) {}

  uint64_t fixed(unsigned size);
  uint64_t uleb();
  int64_t sleb();
  StringRef string();
  /// The address that a pointer of \p encoding leads to, 0 where it is null.
  uint64_t pointer(uint8_t encoding, uint64_t base = 0);
  /// Of a pointer of \p encoding, in bytes; 0 is not known.
  static unsigned sizeOf(uint8_t encoding);
  void go(size_t to) {
    at = std::min(to, end);
    isWhole &= to <= end;
  }
  void fail() {
    isWhole = false;
    at = end;
  }
  uint64_t place() const { return address + at; }
  Error verdict() const;

  const LinkPair &links;
  const uint64_t address, slide;
  const Bytes old, fresh;
  size_t at = 0, end;
  bool isWhole = true;
  /// Where a distance leads elsewhere, and where it led.
  std::optional<std::pair<uint64_t, uint64_t>> wrong;
};

class Unwinding {
public:
  explicit Unwinding(const LinkPair &links)
      : links(links), handlers(table(".gcc_except_table")) {}
  Expected<std::vector<AddressRange>> run();

private:
  std::optional<Table> table(StringRef name) const;
  void readFrames(Table &frames);
  Common readCommon(Table &frames);
  void readFrame(Table &frames, const Common &common);
  static void readIndex(Table &index);
  void readHandlers(uint64_t address);

  const LinkPair &links;
  std::optional<Table> handlers;
  std::vector<AddressRange> functions;
};
} // namespace

uint64_t Table::fixed(unsigned size) {
  if (end - at < size) {
    fail();
    return 0;
  }
  const uint8_t *from = old.data() + at;
  at += size;
  return size == 1   ? *from
         : size == 2 ? read16le(from)
         : size == 4 ? read32le(from)
                     : read64le(from);
}

uint64_t Table::uleb() {
  unsigned size = 0;
  const char *problem = nullptr;
  const uint64_t out =
      decodeULEB128(old.data() + at, &size, old.data() + end, &problem);
  at += size;
  if (problem)
    fail();
  return out;
}

int64_t Table::sleb() {
  unsigned size = 0;
  const char *problem = nullptr;
  const int64_t out =
      decodeSLEB128(old.data() + at, &size, old.data() + end, &problem);
  at += size;
  if (problem)
    fail();
  return out;
}

StringRef Table::string() {
  const StringRef rest = toStringRef(old.slice(at, end - at));
  const size_t size = rest.find('\0');
  if (size == StringRef::npos) {
    fail();
    return "";
  }
  at += size + 1;
  return rest.take_front(size);
}

unsigned Table::sizeOf(uint8_t encoding) {
  switch (encoding & 0xf) {
  case DW_EH_PE_absptr:
  case DW_EH_PE_udata8:
  case DW_EH_PE_sdata8:
    return 8;
  case DW_EH_PE_udata4:
  case DW_EH_PE_sdata4:
    return 4;
  default:
    return 0;
  }
}

uint64_t Table::pointer(uint8_t encoding, uint64_t base) {
  const unsigned size = sizeOf(encoding);
  const uint8_t relation = encoding & 0x70;
  if (!size || end - at < size) {
    fail();
    return 0;
  }
  const uint64_t from = relation == DW_EH_PE_pcrel ? place() : base;
  const bool isSigned = encoding & DW_EH_PE_signed;
  const auto read = [&](Bytes bytes) -> uint64_t {
    const uint8_t *field = bytes.data() + at;
    return size == 8  ? read64le(field)
           : isSigned ? int64_t(int32_t(read32le(field)))
                      : read32le(field);
  };
  const uint64_t was = read(old), is = read(fresh);
  const uint64_t here = place();
  at += size;
  if (!was && !is)
    return 0;
  // What a relocation fills in is compared with the relocations.
  if (relation == DW_EH_PE_absptr)
    return was;
  if (relation != DW_EH_PE_pcrel && relation != DW_EH_PE_datarel) {
    fail();
    return 0;
  }
  if (!was || !is || !links.addresses.isSame(from + was, from + slide + is))
    wrong = wrong ? wrong : std::pair(here, from + was);
  return from + was;
}

Error Table::verdict() const {
  if (!isWhole)
    return error("the unwind table at {0:x} is not of a known form", address);
  if (wrong)
    return error("the unwind table has at {0:x} the distance to {1:x}, and "
                 "another one now",
                 wrong->first, wrong->second);
  return Error::success();
}

std::optional<Table> Unwinding::table(StringRef name) const {
  for (auto [index, section] : enumerate(links.plain.sections))
    if (links.plain.name(section) == name &&
        links.addresses.hasSameContents(index))
      return std::optional<Table>(
          std::in_place, links, section,
          links.now.sections[links.addresses.indexNow(index)]);
  return std::nullopt;
}

/// Behind the number 0 of a CIE.
Common Unwinding::readCommon(Table &frames) {
  Common out;
  const uint64_t version = frames.fixed(1);
  const StringRef augmentation = frames.string();
  frames.uleb();
  frames.sleb();
  version == 1 ? frames.fixed(1) : frames.uleb();
  if (version != 1 && version != 3)
    frames.fail();
  if (augmentation.empty())
    return out;
  if (augmentation.front() != 'z')
    frames.fail();
  out.hasSize = true;
  frames.uleb();
  for (char letter : augmentation.drop_front()) {
    if (letter == 'P')
      frames.pointer(frames.fixed(1));
    else if (letter == 'L')
      out.handlers = frames.fixed(1);
    else if (letter == 'R')
      out.code = frames.fixed(1);
    else if (letter != 'S' && letter != 'B')
      frames.fail();
  }
  return out;
}

/// Behind the distance of an FDE to its CIE.
void Unwinding::readFrame(Table &frames, const Common &common) {
  const uint64_t begin = frames.pointer(common.code);
  const uint64_t size = frames.fixed(Table::sizeOf(common.code));
  functions.push_back({begin, size});
  if (!common.hasSize)
    return;
  frames.uleb();
  if (common.handlers == DW_EH_PE_omit)
    return;
  if (const uint64_t to = frames.pointer(common.handlers))
    readHandlers(to);
}

void Unwinding::readFrames(Table &frames) {
  DenseMap<uint64_t, Common> commons;
  const size_t size = frames.old.size();
  while (frames.isWhole && frames.at < size) {
    const size_t begin = frames.at;
    frames.end = size;
    const uint64_t length = frames.fixed(4);
    if (!length)
      continue;
    const size_t next = frames.at + length;
    if (length == UINT32_MAX || next > size)
      return frames.fail();
    frames.end = next;
    const size_t numberAt = frames.at;
    if (const uint64_t number = frames.fixed(4)) {
      const auto common = commons.find(numberAt - number);
      if (common == commons.end())
        return frames.fail();
      readFrame(frames, common->second);
    } else {
      commons[begin] = readCommon(frames);
    }
    if (frames.isWhole)
      frames.at = next;
  }
}

void Unwinding::readIndex(Table &index) {
  const uint64_t version = index.fixed(1);
  const uint8_t ofFrames = index.fixed(1), ofCount = index.fixed(1),
                ofEntries = index.fixed(1);
  index.pointer(ofFrames);
  if (version != 1 || ofCount != DW_EH_PE_udata4 ||
      ofEntries != (DW_EH_PE_datarel | DW_EH_PE_sdata4))
    return index.fail();
  const uint64_t count = index.fixed(4);
  for (uint64_t entry = 0; entry < count && index.isWhole; ++entry) {
    index.pointer(ofEntries, index.address);
    index.pointer(ofEntries, index.address);
  }
}

/// Follows the actions from \p next on, each of which leads to another one, and
/// returns the largest number of a type that they name. The numbers of a
/// specification are behind the types, which end at \p types.
static uint64_t largestType(Table &table, size_t next, size_t types) {
  constexpr unsigned most = 4096;
  uint64_t largest = 0;
  for (unsigned count = 0; count < most; ++count) {
    table.go(next);
    const int64_t filter = table.sleb();
    const size_t from = table.at;
    const int64_t further = table.sleb();
    if (filter < 0) {
      table.go(types - filter - 1);
      while (const uint64_t type = table.uleb())
        largest = std::max(largest, type);
    }
    largest = std::max<int64_t>(largest, filter);
    if (!further || !table.isWhole)
      return largest;
    next = from + further;
  }
  table.fail();
  return 0;
}

/// The types of handlers are in front of the end of their table, counted by the
/// actions that call sites lead to.
void Unwinding::readHandlers(uint64_t address) {
  if (!handlers)
    return;
  Table &table = *handlers;
  table.go(address - table.address);
  const uint8_t ofLanding = table.fixed(1);
  if (ofLanding != DW_EH_PE_omit)
    table.pointer(ofLanding);
  const uint8_t ofTypes = table.fixed(1);
  if (ofTypes == DW_EH_PE_omit)
    return;
  const uint64_t distance = table.uleb();
  const size_t types = table.at + distance;
  const uint8_t ofSites = table.fixed(1);
  const uint64_t size = table.uleb();
  const size_t actions = table.at + size;
  if (!table.isWhole || actions > table.end || types > table.end)
    return table.fail();
  const unsigned siteSize = Table::sizeOf(ofSites);
  if (ofSites != DW_EH_PE_uleb128 && !siteSize)
    return table.fail();
  uint64_t largest = 0;
  while (table.at < actions) {
    // Begin, size and landing pad.
    for (int field = 0; field < 3; ++field)
      ofSites == DW_EH_PE_uleb128 ? table.uleb() : table.fixed(siteSize);
    const uint64_t action = table.uleb();
    const size_t after = table.at;
    if (action)
      largest =
          std::max(largest, largestType(table, actions + action - 1, types));
    table.go(after);
    if (!table.isWhole)
      return;
  }
  if (!largest)
    return;
  const unsigned typeSize = Table::sizeOf(ofTypes);
  if (!typeSize || largest > types / typeSize)
    return table.fail();
  table.go(types - largest * typeSize);
  while (table.at < types)
    table.pointer(ofTypes);
}

Expected<std::vector<AddressRange>> Unwinding::run() {
  if (std::optional<Table> frames = table(".eh_frame")) {
    readFrames(*frames);
    if (Error e = frames->verdict())
      return e;
  }
  if (handlers)
    if (Error e = handlers->verdict())
      return e;
  if (std::optional<Table> index = table(".eh_frame_hdr")) {
    readIndex(*index);
    if (Error e = index->verdict())
      return e;
  }
  sort(functions, [](const AddressRange &a, const AddressRange &b) {
    return a.address < b.address;
  });
  return std::move(functions);
}

Expected<std::vector<AddressRange>> compareUnwinding(const LinkPair &links) {
  return Unwinding(links).run();
}

} // namespace objprelink
