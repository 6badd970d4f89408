#include "Binding/TableWriter.h"
#include "Binding/BindObject.h"
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

/// So many words of one base that follow each other are a strip of their own:
/// where they are fewer, the strip costs more instructions than it saves.
static constexpr size_t kLongRaw = 32, kLongRun = 12;
/// The same for words of one base that are spread.
static constexpr size_t kManyOfBase = 16;
/// How far places lead.
static constexpr uint64_t kWindow = (UINT16_MAX + uint64_t(1)) * 8;

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
  Expected<PreboundObject> writeObject(const Closure &closure, uint32_t library,
                                       const BoundObject &bound);
  Error writePlugins(PreboundHeader &header);
  void writeWords(const Closure &closure, std::vector<BoundWord> words,
                  PreboundObject &out);
  void writeRest(ArrayRef<Relocation> rest, PreboundObject &out);

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
  key.linkedAt = image.firstPage();
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
  if (request.isOfImage)
    key.file = {.inode = 0,
                .size = static_cast<uint64_t>(status.st_size),
                .modified = status.st_mtim.tv_sec,
                .modifiedNanoseconds = 0,
                .changed = 0,
                .changedNanoseconds = 0};
  else
    key.file = {status.st_ino,         static_cast<uint64_t>(status.st_size),
                status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
  return key;
}

namespace {
/// The words of one object as strips: window by window, so that what is near
/// is written together. Places and values of the words count from bases.
class StripWriter {
public:
  StripWriter(ArrayRef<BoundWord> words, ArrayRef<uint32_t> places)
      : words(words), indices(places) {}
  void write();

  std::vector<PreboundStrip> strips;
  std::vector<uint32_t> values;
  std::vector<uint16_t> places, providers;

private:
  using Group = std::vector<const BoundWord *>;

  uint16_t baseOf(const BoundWord &word) const {
    return word.provider == BoundWord::kNoBase ? PREBOUND_NOBODY
                                               : indices[word.provider];
  }
  size_t runEnd(const Group &group, size_t at) const;
  void writeWindow(const Group &group, uint64_t begin);
  void writeRun(ArrayRef<const BoundWord *> run);
  void writeSpread(const Group &spread, uint64_t begin, PreboundKind kind);

  const ArrayRef<BoundWord> words;
  /// By index of the closure.
  const ArrayRef<uint32_t> indices;
};
} // namespace

/// Where the words end that follow \p at without a gap and are of its kind.
size_t StripWriter::runEnd(const Group &group, size_t at) const {
  size_t end = at + 1;
  while (end < group.size() && group[end]->place == group[end - 1]->place + 8 &&
         group[end]->provider == group[at]->provider &&
         group[end]->isRaw == group[at]->isRaw && !group[end]->isIndirect)
    ++end;
  return end;
}

void StripWriter::writeRun(ArrayRef<const BoundWord *> run) {
  const BoundWord &first = *run.front();
  strips.push_back(
      {static_cast<uint32_t>(first.place), static_cast<uint32_t>(run.size()),
       baseOf(first),
       static_cast<uint16_t>(first.isRaw ? PreboundRaw : PreboundRun)});
  if (!first.isRaw)
    for (const BoundWord *word : run)
      values.push_back(word->value);
}

void StripWriter::writeSpread(const Group &spread, uint64_t begin,
                              PreboundKind kind) {
  if (spread.empty())
    return;
  const bool isMixed = kind == PreboundMixed || kind == PreboundIndirect;
  strips.push_back({static_cast<uint32_t>(begin),
                    static_cast<uint32_t>(spread.size()),
                    isMixed ? uint16_t(PREBOUND_NOBODY) : baseOf(*spread[0]),
                    static_cast<uint16_t>(kind)});
  for (const BoundWord *word : spread) {
    places.push_back((word->place - begin) / 8);
    if (kind != PreboundRawSpread)
      values.push_back(word->value);
    if (isMixed)
      providers.push_back(baseOf(*word));
  }
}

void StripWriter::writeWindow(const Group &group, uint64_t begin) {
  Group raw, indirect, mixed;
  std::map<uint16_t, Group> ofBase;
  for (size_t at = 0; at < group.size();) {
    const BoundWord &word = *group[at];
    const size_t end = word.isIndirect ? at + 1 : runEnd(group, at);
    const ArrayRef run = ArrayRef(group).slice(at, end - at);
    at = end;
    if (word.isIndirect)
      indirect.push_back(&word);
    else if (run.size() >= (word.isRaw ? kLongRaw : kLongRun))
      writeRun(run);
    else
      llvm::append_range(word.isRaw ? raw : ofBase[baseOf(word)], run);
  }
  writeSpread(raw, begin, PreboundRawSpread);
  for (const auto &[base, spread] : ofBase)
    if (spread.size() >= kManyOfBase)
      writeSpread(spread, begin, PreboundSpread);
    else
      llvm::append_range(mixed, spread);
  llvm::sort(mixed, [](const BoundWord *a, const BoundWord *b) {
    return a->place < b->place;
  });
  writeSpread(mixed, begin, PreboundMixed);
  writeSpread(indirect, begin, PreboundIndirect);
}

/// Words that are not aligned have windows of their own.
void StripWriter::write() {
  for (uint64_t misaligned = 0; misaligned < 8; ++misaligned) {
    Group group;
    uint64_t begin = 0;
    for (const BoundWord &word : words) {
      if (word.place % 8 != misaligned)
        continue;
      if (!group.empty() && word.place - begin >= kWindow) {
        writeWindow(group, begin);
        group.clear();
      }
      if (group.empty())
        begin = word.place;
      group.push_back(&word);
    }
    writeWindow(group, begin);
  }
}

/// Pages that follow each other and have one of \p words each.
static std::vector<PreboundPages> pagesOf(ArrayRef<BoundWord> words) {
  std::vector<PreboundPages> out;
  for (const BoundWord &word : words)
    for (uint64_t end : {word.place, word.place + 7}) {
      const uint64_t page = alignDown(end, PREBOUND_PAGE);
      const uint64_t next =
          out.empty() ? 0 : out.back().begin + out.back().count * PREBOUND_PAGE;
      if (out.empty() || page > next)
        out.push_back({static_cast<uint32_t>(page), 1});
      else if (page == next)
        ++out.back().count;
    }
  llvm::erase_if(out, [](const PreboundPages &pages) {
    return pages.count < PREBOUND_LEAST_PAGES;
  });
  return out;
}

void Writer::writeWords(const Closure &closure, std::vector<BoundWord> words,
                        PreboundObject &object) {
  for (BoundWord &word : words) {
    word.place -= object.linkedAt;
    if (word.provider != BoundWord::kNoBase)
      word.value -= closure.libraries[word.provider].image.firstPage();
  }
  object.pages = append<PreboundPages>(pagesOf(words));
  StripWriter strips(words, places);
  strips.write();
  object.strips = append<PreboundStrip>(strips.strips);
  object.values = append<uint32_t>(strips.values);
  object.places = append<uint16_t>(strips.places);
  object.providers = append<uint16_t>(strips.providers);
}

void Writer::writeRest(ArrayRef<Relocation> relocations,
                       PreboundObject &object) {
  std::vector<Elf64_Rela> rest;
  for (const Relocation &relocation : relocations) {
    Elf64_Rela &entry = rest.emplace_back();
    entry.r_offset = relocation.offset;
    entry.setSymbolAndType(relocation.symbol, relocation.type);
    entry.r_addend = relocation.addend;
  }
  object.rest = append<Elf64_Rela>(rest);
}

/// What the table says of a library; its index is its place.
Expected<PreboundObject> Writer::writeObject(const Closure &closure,
                                             uint32_t library,
                                             const BoundObject &bound) {
  Expected<PreboundObject> object = writeKey(closure.libraries[library]);
  if (!object)
    return object;
  object->state = bound.state;
  object->keepsPlt = bound.keepsPlt;
  object->probeAt = bound.probePlace;
  object->probeRaw = bound.probeRaw;
  object->probeOwn = bound.probeOwn;
  writeWords(closure, bound.words, *object);
  writeRest(bound.rest, *object);
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
          writeObject(closure, index, plugin.binding.objects[index]);
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
  header.flags = (request.binding.hasLazy ? PreboundHasLazy : 0) |
                 (request.isOfImage ? PreboundOfImage : 0);
  header.staticTls = request.binding.carrier.staticTls;
  header.chain = request.binding.chain;
  header.reason = text(request.binding.carrier.reason);
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
    Expected<PreboundObject> object =
        writeObject(request.closure, library, request.binding.objects[library]);
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
