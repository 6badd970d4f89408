#include "Oracles.h"
#include "Archive/Archive.h"
#include "Driver/AddressSet.h"
#include "Driver/Placement.h"
#include "ELF/Classify.h"
#include "ELF/DlopenNotes.h"
#include "ELF/ImageReader.h"
#include "ImageEdit/Undo.h"
#include "ImageRewriter/NoteImage.h"
#include "ImageRewriter/RewriteImage.h"
#include "ImageVerifier/VerifyImage.h"
#include "ObjectRewriter/RewriteArchive.h"
#include "ObjectRewriter/RewriteObject.h"
#include "ObjectRewriter/Verify.h"
#include "Report/Print.h"
#include "Report/Report.h"
#include "Support/Diagnostics.h"
#include "Target/Machine.h"
#include "VTable/InputSlots.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace objprelink {

[[noreturn]] static void fail(const Twine &what) {
  errs() << "oracle: " << what << "\n";
  abort();
}

static void expectSuccess(Error e, StringRef what) {
  if (e)
    fail(what + ": " + toString(std::move(e)));
}

/// Whether it failed; the message must say something.
static bool isRefused(Error e) {
  if (!e)
    return false;
  if (toString(std::move(e)).empty())
    fail("an error without a message");
  return true;
}

static Config verboseConfig(Mode mode) {
  Config config;
  config.mode = mode;
  config.verbose = true;
  return config;
}

std::vector<Config> objectConfigs() {
  std::vector<Config> out;
  out.push_back(verboseConfig(Mode::Relay));
  out.push_back(verboseConfig(Mode::Lazy));
  out.back().slots = SlotSet::All;
  out.push_back(verboseConfig(Mode::Relay));
  out.back().slots = SlotSet::All;
  out.back().i386Scratch = I386Scratch::Eax;
  out.back().stubUnwindTables = true;
  return out;
}

std::vector<Config> imageConfigs() {
  std::vector<Config> out;
  out.push_back(verboseConfig(Mode::Relay));
  out.push_back(verboseConfig(Mode::Lazy));
  out.push_back(verboseConfig(Mode::Lazy));
  out.back().packRelativeRelocs = true;
  out.back().plt = PltKind::Pic;
  out.push_back(verboseConfig(Mode::Lazy));
  out.back().overrideBindNow = true;
  out.back().lazyAll = true;
  out.push_back(verboseConfig(Mode::Relay));
  out.back().packRelativeRelocs = true;
  out.back().shrinkFile = true;
  out.back().keepOverlay = true;
  out.push_back(verboseConfig(Mode::Relay));
  out.back().prerelocate = true;
  out.push_back(verboseConfig(Mode::Lazy));
  out.back().prerelocate = true;
  out.back().baseSeed = 1;
  out.back().overrideBindNow = true;
  out.back().lazyAll = true;
  out.push_back(verboseConfig(Mode::Lazy));
  out.back().linked = true;
  out.back().renewBuildId = true;
  out.back().addSymbols = true;
  out.back().undoRecord = false;
  return out;
}

Config chooseConfig(const std::vector<Config> &configs, Bytes bytes) {
  return configs[xxh3_64bits(bytes) % configs.size()];
}

/// A linker that is given \p bytes looks at them before LLD does.
static void readAsInput(Bytes bytes) {
  const MemoryBufferRef input(toStringRef(bytes), "input");
  const Machine &machine = *findMachine("elf_x86_64");
  isRefused(findInputSlots(input, {machine.machine, machine.absoluteWord,
                                   machine.gotLoads, machine.call})
                .takeError());
  isRefused(visitInputSymbols(input, [](const InputSymbol &) {}));
  isRefused(visitLibrarySymbols(input, [](CachedHashStringRef) {}));
}

Outcome checkObject(Bytes bytes, const Config &config) {
  readAsInput(bytes);
  Diagnostics diagnostics;
  Expected<RewrittenObject> object = rewriteObject(bytes, config, diagnostics);
  if (isRefused(object.takeError()))
    return Outcome::Refused;
  if (!object->redirectedSlots)
    return Outcome::LeftAlone;
  const ByteVector written = object->contents.flatten();
  expectSuccess(verifyObject(*object, written, Copies(), config), "verify");

  Expected<RewrittenObject> again = rewriteObject(written, config, diagnostics);
  expectSuccess(again.takeError(), "second run");
  if (again->redirectedSlots)
    fail("second run: slots are redirected again");
  return Outcome::Rewritten;
}

Outcome checkArchive(Bytes bytes, const Config &config) {
  // The members of a thin one are other files.
  if (classify(bytes).kind == FileKind::ThinArchive)
    return isRefused(readArchive(bytes).takeError()) ? Outcome::Refused
                                                     : Outcome::LeftAlone;
  Diagnostics diagnostics;
  Expected<RewrittenArchive> archive =
      rewriteArchive(bytes, config, diagnostics);
  if (isRefused(archive.takeError()))
    return Outcome::Refused;
  if (!archive->contents)
    return Outcome::LeftAlone;
  const ByteVector written = archive->contents->flatten();
  expectSuccess(verifyArchive(*archive, written, Copies(), config), "verify");

  Expected<RewrittenArchive> again =
      rewriteArchive(written, config, diagnostics);
  expectSuccess(again.takeError(), "second run");
  if (again->contents)
    fail("second run: members are rewritten again");
  return Outcome::Rewritten;
}

Outcome checkImage(Bytes bytes, const Config &config) {
  readAsInput(bytes);
  Diagnostics diagnostics;
  Expected<RewrittenImage> image = rewriteImage(bytes, config, diagnostics);
  if (isRefused(image.takeError()))
    return Outcome::Refused;
  if (!image->contents) {
    expectSuccess(verifyImageFiles(bytes, bytes), "verify equal files");
    return Outcome::LeftAlone;
  }
  const ByteVector written = image->contents->flatten();
  expectSuccess(verifyImage(*image->before, written, Copies()), "verify");

  Expected<RewrittenImage> again = rewriteImage(written, config, diagnostics);
  expectSuccess(again.takeError(), "second run");
  if (again->contents)
    fail("second run: the image is rewritten again");
  if (image->before->sections.empty() || !config.undoRecord)
    return Outcome::Rewritten;
  Expected<Extents> old = undoImage(written);
  expectSuccess(old.takeError(), "undo");
  if (Bytes(old->flatten()) != bytes)
    fail("undo: another file than the old one");
  return Outcome::Rewritten;
}

Outcome checkNotes(Bytes bytes) {
  const DlopenNote entry = {{"libx.so.1", "libx.so"}, "x", "plays", ""};
  Expected<NotedImage> noted =
      addNotes(bytes, entry, /*undoRecord=*/true, /*keepsOverlay=*/false);
  if (isRefused(noted.takeError()))
    return Outcome::Refused;
  const Image &before = *noted->before;
  const ByteVector written = noted->contents.flatten();
  expectSuccess(verifyNotes(before, written, Copies()), "verify notes");
  Expected<Image> after = readImage(written);
  expectSuccess(after.takeError(), "read notes");
  if (!is_contained(readDlopenNotes(*after), entry))
    fail("notes: the new one is not found");
  if (before.sections.empty())
    return Outcome::Rewritten;
  Expected<Extents> old = undoImage(written, UndoOf::Notes);
  expectSuccess(old.takeError(), "undo notes");
  if (Bytes(old->flatten()) != bytes)
    fail("undo notes: another file than the old one");
  return Outcome::Rewritten;
}

void checkSet(Bytes bytes) {
  constexpr size_t count = 12;
  const auto name = [](size_t file) { return "lib" + utostr(file % count); };
  std::vector<LoadedFile> files(count);
  std::vector<PlacedImage> images(count);
  for (size_t i = 0; i < count; ++i) {
    files[i].path = name(i);
    images[i].file = i;
    images[i].name = images[i].path = name(i);
    images[i].machine = findMachine(i % 5 ? 3 : 62, i % 5 == 0);
  }
  for (; bytes.size() >= 3; bytes = bytes.drop_front(3)) {
    LoadedFile &file = files[bytes[0] % count];
    PlacedImage &image = images[bytes[0] % count];
    const uint8_t value = bytes[2];
    switch (bytes[1] % 6) {
    case 0:
      file.needed.push_back(name(value));
      break;
    case 1:
      file.opened.push_back({name(value), name(value >> 4), name(bytes[1])});
      break;
    case 2:
      file.isProgram = value & 1;
      file.isPlugin = value & 2;
      break;
    case 3:
      image.size += uint64_t(value) << 19;
      break;
    case 4:
      image.alignment = uint64_t(0x1000) << value % 12;
      break;
    case 5:
      image.kept = image.machine->preferredBegin + (uint64_t(value) << 19);
      break;
    }
  }
  const LoadTable table(files);
  for (size_t a = 0; a < count; ++a) {
    if (table.describe(a).empty())
      fail("set: a file without a line");
    for (size_t b = 0; b < count; ++b)
      if (table.areTogether(a, b) != table.areTogether(b, a))
        fail("set: one meets another that does not meet it");
  }
  placeImages(table, bytes.size(), images);
  std::vector<AddressClaim> claims;
  for (const PlacedImage &image : images)
    if (image.begin())
      claims.push_back({image.file, image.machine, *image.begin(), image.end(),
                        image.kept.has_value()});
  Error e = checkClaims(table, claims);
  // Two that were there before may overlap.
  const std::string text = toString(std::move(e));
  if (StringRef(text).starts_with("internal error"))
    fail("set: " + text);
}

Outcome checkAny(Bytes bytes, const Config &config) {
  switch (classify(bytes).kind) {
  case FileKind::Object:
    return checkObject(bytes, config);
  case FileKind::Archive:
  case FileKind::ThinArchive:
    return checkArchive(bytes, config);
  case FileKind::Image:
    return checkImage(bytes, config);
  case FileKind::Executable:
  case FileKind::Foreign:
    return Outcome::Refused;
  }
  llvm_unreachable("all kinds are listed");
}

/// What column \p column of table \p key has in the row that begins with
/// \p first.
static Value valueIn(const Document &document, StringRef key, StringRef first,
                     StringRef column) {
  const Table *table = document.table(key);
  if (!table)
    return Value();
  for (const std::vector<Value> &row : table->rows)
    for (auto [value, at] : zip_equal(row, table->columns))
      if (at.key == column && row[0] == Value(first.str()))
        return value;
  return Value();
}

Outcome checkReport(Bytes bytes) {
  Expected<Document> document = reportBytes(bytes);
  if (isRefused(document.takeError()))
    return Outcome::Refused;
  std::string sink;
  raw_string_ostream out(sink);
  printText(*document, {.color = true, .details = true}, out);
  printJson(*document, out);
  printHtml(*document, {}, out);
  isRefused(printCsv(*document, "relocations", out));
  const Value done = valueIn(*document, "rewrites", "objprelink2", "look_ups");
  if (!std::holds_alternative<uint64_t>(done))
    return Outcome::LeftAlone;
  // It had no room for lazy entries.
  if (valueIn(*document, "rewrites", "objprelink2", "remark") != Value())
    return Outcome::Rewritten;
  if (done != valueIn(*document, "what_if", "lazy", "look_ups"))
    fail("the report predicts other look-ups than a rewrite leaves");
  return Outcome::Rewritten;
}

void checkDamaged(const Bytes *before, Bytes changed) {
  if (before)
    isRefused(verifyImageFiles(*before, changed));
  isRefused(verifyImageFiles(changed, changed));
  if (before)
    isRefused(verifyNoteFiles(*before, changed));
  isRefused(undoImage(changed, UndoOf::Notes).takeError());
  Expected<Extents> old = undoImage(changed);
  if (isRefused(old.takeError()))
    return;
  const ByteVector undone = old->flatten();
  if (before && Bytes(undone) != *before)
    fail("undo: another file than the old one");
}

} // namespace objprelink
