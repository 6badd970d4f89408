#include "Binding/TableWriter.h"
#include "ELF/Notes.h"
#include "Runtime/TableReader.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Alignment.h"
#include <cstring>
#include <map>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// So few own words with nothing beside them are spread rather than a run.
static constexpr size_t kMostSpread = 3;
/// Own words among others, and at the end of others, are a run of their own
/// from these lengths on: where they are fewer, a run costs more than it saves.
static constexpr size_t kLongAmong = 8, kLongBeside = 4;

namespace {
class Writer {
public:
  explicit Writer(const TableRequest &request) : request(request) {}
  Expected<ByteVector> write();

private:
  /// Appends \p entries at the next place that suits them.
  template <class T> PreboundRange append(ArrayRef<T> entries);
  uint32_t text(StringRef name);
  Expected<PreboundObject> writeKey(const Library &library);
  Expected<PreboundObject> writeObject(const Library &library,
                                       const BoundObject &bound);
  Error writePlugins(PreboundHeader &header);
  void writeWords(const BoundObject &bound, PreboundObject &out);

  const TableRequest &request;
  ByteVector out;
  std::string names;
  /// By index of the closure: the place in the list, or the index of what is
  /// opened.
  std::vector<uint32_t> places;
  /// The indices of what is opened, by file.
  std::map<std::pair<dev_t, ino_t>, uint32_t> opened;
};
} // namespace

template <class T> PreboundRange Writer::append(ArrayRef<T> entries) {
  out.resize(alignTo(out.size(), 8));
  const PreboundRange range = {static_cast<uint32_t>(out.size()),
                               static_cast<uint32_t>(entries.size())};
  const auto *bytes = reinterpret_cast<const uint8_t *>(entries.data());
  out.insert(out.end(), bytes, bytes + entries.size() * sizeof(T));
  return range;
}

uint32_t Writer::text(StringRef name) {
  const uint32_t at = names.size();
  names += name;
  names += '\0';
  return at;
}

/// What the runtime compares.
Expected<PreboundObject> Writer::writeKey(const Library &library) {
  const Image &image = library.image;
  PreboundObject key = {};
  key.path = text(library.path);
  key.dynamicAt = image.dynamicRange.address;
  for (const DynamicEntry &entry : image.dynamic)
    key.dynamicDigest =
        preboundAddDynamic(key.dynamicDigest, entry.tag, entry.value, 0);
  const uint64_t size = image.segments.size() * sizeof(Elf64_Phdr);
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    if (image.segmentTableOffset >= segment.offset &&
        image.segmentTableOffset + size <= segment.offset + segment.fileSize)
      key.headersAt =
          segment.address + image.segmentTableOffset - segment.offset;
  }
  if (!key.headersAt)
    return error("{0}: its program headers are not in memory", library.path);
  key.headersCount = image.segments.size();
  key.headersDigest = preboundDigest(
      image.bytes.slice(image.segmentTableOffset, size).data(), size);
  const AddressRange buildId = findBuildId(image);
  const Bytes id = image.contentsAt(buildId.address, buildId.size);
  if (!id.empty() && id.size() <= UINT16_MAX) {
    key.buildIdAt = buildId.address;
    key.buildIdSize = id.size();
    key.buildIdDigest = preboundDigest(id.data(), id.size());
  }
  const struct stat &status = library.file.status;
  key.file = {status.st_ino,         static_cast<uint64_t>(status.st_size),
              status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
              status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
  return key;
}

/// The words of \p bound as runs.
void Writer::writeWords(const BoundObject &bound, PreboundObject &object) {
  std::vector<PreboundRun> runs;
  std::vector<uint32_t> values, spread;
  std::vector<uint16_t> providers;
  const ArrayRef<BoundWord> words = bound.words;
  const auto isNext = [&](size_t at) {
    return at < words.size() && words[at].place == words[at - 1].place + 8;
  };
  /// Where the own words that begin at \p at end.
  const auto ownEnd = [&](size_t at) {
    size_t end = at + 1;
    while (isNext(end) && words[end].kind == PreboundOwn)
      ++end;
    return end;
  };
  const auto addMixed = [&](const BoundWord &word) {
    values.push_back(word.value);
    providers.push_back(word.provider == BoundWord::kNoBase
                            ? PREBOUND_NOBODY
                            : places[word.provider]);
  };
  /// Whether the own words from \p at on have nothing beside them, and are few.
  const auto isSpread = [&](size_t at) {
    if (at >= words.size() || words[at].kind != PreboundOwn)
      return false;
    const size_t end = ownEnd(at);
    return end - at <= kMostSpread && !isNext(end);
  };
  /// Whether the own words from \p at on are worth a run; \p isInside says
  /// that others come before them without a gap.
  const auto isWorth = [&](size_t at, bool isInside) {
    const size_t end = ownEnd(at);
    const bool isFollowed = isNext(end) && words[end].kind != PreboundIndirect;
    if (!isInside && !isFollowed)
      return true;
    return end - at >= (isInside && isFollowed ? kLongAmong : kLongBeside);
  };
  for (size_t at = 0; at < words.size();) {
    const size_t begin = at;
    PreboundKind kind = words[at].kind;
    if (kind == PreboundIndirect) {
      do
        addMixed(words[at++]);
      while (isNext(at) && words[at].kind == PreboundIndirect);
    } else if (isSpread(at)) {
      kind = PreboundSpread;
      while (isSpread(at))
        for (const size_t end = ownEnd(at); at < end; ++at) {
          values.push_back(words[at].value);
          spread.push_back(words[at].place);
        }
    } else if (kind == PreboundOwn && isWorth(at, /*isInside=*/false)) {
      for (const size_t end = ownEnd(at); at < end; ++at)
        values.push_back(words[at].value);
    } else {
      kind = PreboundMixed;
      do
        addMixed(words[at++]);
      while (isNext(at) && words[at].kind != PreboundIndirect &&
             (words[at].kind != PreboundOwn ||
              !isWorth(at, /*isInside=*/words[at - 1].kind != PreboundOwn)));
    }
    runs.push_back({static_cast<uint32_t>(words[begin].place),
                    static_cast<uint32_t>((at - begin) * 4 + kind)});
  }
  object.runs = append<PreboundRun>(runs);
  object.values = append<uint32_t>(values);
  object.places = append<uint32_t>(spread);
  object.providers = append<uint16_t>(providers);
  std::vector<Elf64_Rela> rest;
  for (const Relocation &relocation : bound.rest) {
    Elf64_Rela &entry = rest.emplace_back();
    entry.r_offset = relocation.offset;
    entry.setSymbolAndType(relocation.symbol, relocation.type);
    entry.r_addend = relocation.addend;
  }
  object.rest = append<Elf64_Rela>(rest);
}

/// What the table says of a library; its index is its place.
Expected<PreboundObject> Writer::writeObject(const Library &library,
                                             const BoundObject &bound) {
  Expected<PreboundObject> object = writeKey(library);
  if (!object)
    return object;
  object->state = bound.state;
  object->keepsPlt = bound.keepsPlt;
  object->probeAt = bound.probePlace;
  object->probeRaw = bound.probeRaw;
  object->probeOwn = bound.probeOwn;
  writeWords(bound, *object);
  if (out.size() > UINT32_MAX / 2)
    return error("its table would be too large");
  return object;
}

/// Objects of several groups have one index, but are described in each.
Error Writer::writePlugins(PreboundHeader &header) {
  std::vector<PreboundObject> objects;
  std::vector<PreboundGroup> groups;
  for (const Plugin *opens : request.plugins) {
    const Plugin &plugin = *opens;
    const Closure &closure = plugin.closure;
    places.resize(std::max(places.size(), closure.libraries.size()));
    for (uint32_t index : plugin.members) {
      const struct stat &status = closure.libraries[index].file.status;
      const uint32_t next = request.list.size() + opened.size();
      places[index] = opened.try_emplace({status.st_dev, status.st_ino}, next)
                          .first->second;
    }
    groups.push_back({static_cast<uint32_t>(objects.size()),
                      static_cast<uint32_t>(plugin.members.size())});
    for (uint32_t index : plugin.members) {
      Expected<PreboundObject> object =
          writeObject(closure.libraries[index], plugin.binding.objects[index]);
      if (!object)
        return object.takeError();
      object->index = places[index];
      objects.push_back(*object);
    }
  }
  if (request.list.size() + objects.size() > PREBOUND_MOST_OBJECTS)
    return error("it opens more than {0} libraries", PREBOUND_MOST_OBJECTS);
  header.opened = append<PreboundObject>(objects);
  header.groups = append<PreboundGroup>(groups);
  return Error::success();
}

Expected<ByteVector> Writer::write() {
  PreboundHeader header = {};
  header.magic = PREBOUND_MAGIC;
  header.layout = kPreboundLayout;
  header.program = text(request.program);
  header.preload = text(request.preload);
  header.libraryPath = text(request.libraryPath);
  header.flags = request.binding.hasLazy ? PreboundHasLazy : 0;
  if (request.list.size() > PREBOUND_MOST_OBJECTS)
    return error("it has more than {0} libraries", PREBOUND_MOST_OBJECTS);
  places.resize(request.closure.libraries.size());
  for (auto [place, library] : enumerate(request.list))
    places[library] = place;
  header.hook = places[request.binding.hook];

  std::vector<PreboundObject> objects;
  const std::vector<PreboundObject> none(request.list.size());
  out.resize(sizeof(header));
  header.objects = append<PreboundObject>(none);
  for (uint32_t library : request.list) {
    Expected<PreboundObject> object = writeObject(
        request.closure.libraries[library], request.binding.objects[library]);
    if (!object)
      return object.takeError();
    object->index = objects.size();
    header.restCount += object->rest.count;
    objects.push_back(*object);
  }
  header.globalCount = request.closure.scopes[0].size();
  if (Error e = writePlugins(header))
    return e;
  header.text = append<char>(ArrayRef<char>(names.data(), names.size()));
  out.resize(alignTo(out.size(), 16));
  header.size = out.size();
  std::memcpy(&out[header.objects.offset], objects.data(),
              objects.size() * sizeof(PreboundObject));
  std::memcpy(out.data(), &header, sizeof(header));
  preboundSum(&out[PREBOUND_SUMMED], out.size() - PREBOUND_SUMMED, header.sums);
  std::memcpy(out.data(), &header, sizeof(header));
  return std::move(out);
}

Expected<ByteVector> writeTable(const TableRequest &request) {
  return Writer(request).write();
}

} // namespace objprelink
