//===- AddressSet.cpp - addresses for images that load together -----------===//
//
// Each file is asked what it is and whom it loads; a table says who may be
// loaded with whom; images get their places; and the places are checked.
//
// How large an image is, its rewrite tells: it is made once for its size, and
// nothing in it depends on its address but addresses.
//
//===----------------------------------------------------------------------===//

#include "Driver/AddressSet.h"
#include "Binding/KnownPlugins.h"
#include "Binding/TableStore.h"
#include "Driver/OldImage.h"
#include "Driver/Placement.h"
#include "ELF/Classify.h"
#include "ELF/DlopenNotes.h"
#include "ELF/ImageReader.h"
#include "ImageRewriter/PreferredBase.h"
#include "ImageRewriter/RewriteImage.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
/// A file of the set.
struct Member {
  LoadedFile known;
  std::string realPath;
  /// The image that it is; without a machine it takes no address.
  PlacedImage image;
  std::string reason;
};
} // namespace

/// What \p segments, of which those that are loaded begin at \p begin, need.
static void measure(const Image &image, ArrayRef<Segment> segments,
                    PlacedImage &out) {
  out.machine = findMachine(image.machine, image.is64);
  const uint64_t begin = image.firstPage();
  for (const Segment &segment : segments)
    if (segment.type == PT_LOAD)
      out.size = std::max(out.size, segment.addressEnd() - begin);
  out.alignment = addressUnit(segments);
}

/// What \p image says of itself and of others.
static void readKnown(const Image &image, LoadedFile &known) {
  const std::optional<uint64_t> soname = image.dynamicValue(DT_SONAME);
  if (soname)
    known.names.push_back(image.string(*soname).str());
  for (const DynamicEntry &entry : image.dynamic)
    if (is_contained({DT_NEEDED, DT_AUXILIARY, DT_FILTER}, entry.tag))
      known.needed.push_back(image.string(entry.value).str());
  for (DlopenNote &note : readDlopenNotes(image))
    known.opened.push_back(std::move(note.sonames));
  // Libraries may be programs, too, that only print something.
  const bool isStarted =
      !soname && any_of(image.segments, [](const Segment &segment) {
        return segment.type == PT_INTERP;
      });
  known.isProgram = image.isExecutable || isStarted ||
                    (image.dynamicValue(DT_FLAGS_1).value_or(0) & DF_1_PIE);
}

/// Makes the rewrite of \p image in memory, and finds how large it is, or that
/// it stays where it is, and why.
static void makeOnce(const Image &image, const RewriteConfig &given,
                     Member &member) {
  const Machine *machine = findMachine(image.machine, image.is64);
  if (!machine)
    return;
  const auto keep = [&] {
    if (image.firstPage()) {
      measure(image, image.segments, member.image);
      member.image.kept = image.firstPage();
    }
  };
  RewriteConfig config = given;
  Diagnostics unused;
  // Any address, so that what cannot be shifted is refused.
  config.preferredBase =
      alignTo(machine->preferredBegin, addressUnit(image.segments));
  Expected<RewrittenImage> made = rewriteImage(image.bytes, config, unused);
  if (!made) {
    member.reason = toString(made.takeError());
    keep();
    // It may have one that its linker gave it.
    if (!member.image.kept)
      return;
    config.preferredBase = member.image.kept;
    made = rewriteImage(image.bytes, config, unused);
    if (!made)
      return consumeError(made.takeError());
    if (made->contents) {
      measure(image, made->edit->segments, member.image);
      member.image.base = member.image.kept;
      member.reason.clear();
    }
    return;
  }
  // The run says why nothing is to be done.
  if (made->contents)
    measure(image, made->edit->segments, member.image);
  else
    keep();
}

/// Reads the file of \p member. What is wrong with it, its own rewrite says.
static void gather(const SetRequest &request, const StringSet<> &plugins,
                   const RewriteConfig &config, Member &member) {
  const auto giveUp = [](Error e) { consumeError(std::move(e)); };
  Expected<InputFile> input = InputFile::open(member.known.path);
  if (!input)
    return giveUp(input.takeError());
  member.realPath = input->realPath;
  member.known.isPlugin = plugins.contains(member.realPath);
  Expected<Image> loadable = readLoadable(input->bytes());
  if (!loadable)
    return giveUp(loadable.takeError());
  readKnown(*loadable, member.known);
  if (classify(input->bytes()).kind != FileKind::Image)
    return;
  Expected<Image> image = readImage(input->bytes());
  if (!image)
    return giveUp(image.takeError());
  std::optional<ByteVector> old;
  if (request.redraws) {
    Expected<std::optional<ByteVector>> undone = oldImage(*image);
    if (!undone) {
      member.reason = "it keeps its address: " + toString(undone.takeError());
      measure(*image, image->segments, member.image);
      member.image.kept = image->firstPage();
      return;
    }
    old = std::move(*undone);
  }
  if (!old)
    return makeOnce(*image, config, member);
  if (Expected<Image> before = readImage(*old))
    makeOnce(*before, config, member);
  else
    giveUp(before.takeError());
}

/// Names under which the files can be opened: those of symbolic links beside
/// them.
static void addLinkNames(std::vector<Member> &members) {
  StringMap<Member *> byPath;
  StringSet<> folders;
  for (Member &member : members)
    if (!member.realPath.empty()) {
      byPath[member.realPath] = &member;
      folders.insert(sys::path::parent_path(member.realPath));
    }
  for (const auto &folder : folders) {
    std::error_code ec;
    for (sys::fs::directory_iterator
             it(folder.getKey(), ec, /*follow_symlinks=*/false),
         end;
         it != end && !ec; it.increment(ec)) {
      SmallString<256> real;
      if (it->type() != sys::fs::file_type::symlink_file ||
          sys::fs::real_path(it->path(), real))
        continue;
      if (const auto found = byPath.find(real); found != byPath.end())
        found->second->known.names.push_back(
            sys::path::filename(it->path()).str());
    }
  }
}

/// What the programs among \p files were seen to open. Adds files that are not
/// in the set, for what they need of it.
static Error addRecords(std::vector<LoadedFile> &files,
                        ArrayRef<Member> members, const std::string &from) {
  Expected<std::string> folder =
      from == "recorded" ? defaultTableFolder() : Expected<std::string>(from);
  if (!folder)
    return folder.takeError();
  StringSet<> paths;
  for (const Member &member : members) {
    paths.insert(member.realPath);
    if (!member.known.isProgram)
      continue;
    Expected<std::vector<std::string>> recorded =
        recordedPlugins(*folder + "/" + tableName(member.realPath));
    if (!recorded)
      return recorded.takeError();
    files[member.image.file].recorded = std::move(*recorded);
  }
  for (size_t index = 0; index < members.size(); ++index)
    for (const std::string &path :
         std::vector<std::string>(files[index].recorded)) {
      if (!paths.insert(path).second)
        continue;
      Expected<InputFile> file = InputFile::open(path);
      Expected<Image> image =
          file ? readLoadable(file->bytes()) : file.takeError();
      if (!image) {
        consumeError(image.takeError());
        continue;
      }
      LoadedFile &other = files.emplace_back();
      other.path = path;
      readKnown(*image, other);
      other.isProgram = false;
    }
  return Error::success();
}

/// Places the images among \p members.
static void choose(const LoadTable &table, uint64_t seed,
                   std::vector<Member> &members) {
  std::vector<PlacedImage> images;
  for (Member &member : members) {
    member.image.name = sys::path::filename(member.realPath).str();
    member.image.path = member.realPath;
    if (member.image.machine)
      images.push_back(member.image);
  }
  placeImages(table, seed, images);
  for (PlacedImage &image : images) {
    Member &member = members[image.file];
    member.image = image;
    if (!image.begin())
      member.reason =
          formatv("no room for {0:x} bytes from {1:x} to {2:x} beside what it "
                  "may be loaded with",
                  image.room(), image.machine->preferredBegin,
                  image.machine->preferredEnd);
  }
}

static std::vector<std::string> linesOf(const LoadTable &table,
                                        ArrayRef<Member> members) {
  std::vector<std::string> out;
  for (const Member &member : members) {
    std::string where;
    if (const std::optional<uint64_t> begin = member.image.begin())
      where = formatv(" at {0:x} to {1:x}", *begin, member.image.end());
    out.push_back("set: " + member.known.path + where + ": " +
                  table.describe(member.image.file));
  }
  return out;
}

static Error check(const LoadTable &table, ArrayRef<Member> members) {
  std::vector<AddressClaim> claims;
  for (const Member &member : members)
    if (const std::optional<uint64_t> begin = member.image.begin())
      claims.push_back({member.image.file, member.image.machine, *begin,
                        member.image.end(), member.image.kept.has_value()});
  return checkClaims(table, claims);
}

Expected<AddressSet> planAddresses(const SetRequest &request,
                                   const RewriteConfig &given) {
  RewriteConfig config = given;
  config.prerelocate = true;
  config.undoRecord = false;
  config.quiet = true;
  config.showsPlan = config.verbose = false;
  StringSet<> plugins;
  for (const std::string &path : request.plugins)
    if (SmallString<256> real; !sys::fs::real_path(path, real))
      plugins.insert(real);
  std::vector<Member> members(request.files.size() + request.others.size());
  parallelFor(0, members.size(), [&](size_t i) {
    const size_t count = request.files.size();
    members[i].image.file = i;
    members[i].known.path =
        i < count ? request.files[i] : request.others[i - count];
    gather(request, plugins, config, members[i]);
  });
  addLinkNames(members);
  std::vector<LoadedFile> files;
  for (const Member &member : members)
    files.push_back(member.known);
  if (!request.pluginsFrom.empty())
    if (Error e = addRecords(files, members, request.pluginsFrom))
      return e;
  const LoadTable table(std::move(files));

  choose(table, config.baseSeed, members);
  if (Error e = check(table, members))
    return e;
  AddressSet out;
  for (const Member &member :
       ArrayRef(members).take_front(request.files.size()))
    out.members.push_back({member.image.base, member.reason});
  out.lines = linesOf(table, members);
  return out;
}

} // namespace objprelink
