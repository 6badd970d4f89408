//===- RewriteFile.cpp - what the commands do with one FILE ---------------===//

#include "Driver/RewriteFile.h"
#include "Driver/Delivery.h"
#include "Driver/OldImage.h"
#include "Driver/OutsideChecks.h"
#include "Driver/WorthIt.h"
#include "ELF/Classify.h"
#include "ELF/ImageReader.h"
#include "ImageEdit/Undo.h"
#include "ImageRewriter/RewriteImage.h"
#include "ImageVerifier/VerifyImage.h"
#include "ObjectRewriter/RewriteArchive.h"
#include "ObjectRewriter/RewriteObject.h"
#include "ObjectRewriter/Verify.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace objprelink {

namespace {
/// One FILE on its way through the pass.
class Job {
public:
  Job(const InputFile &input, const Config &config, bool redraws,
      Diagnostics &diagnostics)
      : input(input), config(config), redraws(redraws),
        diagnostics(diagnostics), delivery(input, config, diagnostics) {}
  Error run();

private:
  Error runObject();
  Error runArchive();
  Error runThinArchive();
  Error runImage();
  Error rewrite(Bytes bytes);
  Error redraw();
  Expected<uint64_t> runThinMember(const Member &member, StringRef name);
  void sayIdle(FileKind kind);
  /// Says in one line what was done, unless a plan is printed.
  void summarize(const std::string &what, uint64_t size);
  Error deliver(std::optional<Extents> contents, OutputCheck check) {
    return delivery.deliver(std::move(contents), check);
  }
  Error deliverCopy() { return delivery.deliverCopy(); }

  const InputFile &input;
  const Config &config;
  const bool redraws;
  Diagnostics &diagnostics;
  Delivery delivery;
};
} // namespace

/// Options that are for another kind of file do nothing here.
void Job::sayIdle(FileKind kind) {
  if (config.quiet)
    return;
  const auto isFor = [&](Scope scope) {
    switch (scope) {
    case Scope::Objects:
      return kind == FileKind::Object || kind == FileKind::Archive ||
             kind == FileKind::ThinArchive;
    case Scope::Images:
      return kind == FileKind::Image;
    case Scope::ThinArchives:
      return kind == FileKind::ThinArchive;
    }
    llvm_unreachable("all scopes are listed");
  };
  const auto describe = [](Scope scope) {
    return scope == Scope::Objects  ? "objects and archives"
           : scope == Scope::Images ? "shared libraries and PIEs"
                                    : "thin archives";
  };
  for (const ScopedOption &option : config.scoped)
    if (!isFor(option.scope))
      diagnostics.note(": " + option.text + " has no effect: it is for " +
                       describe(option.scope));
}

void Job::summarize(const std::string &what, uint64_t size) {
  if (!config.quiet && !config.printsPlan())
    diagnostics.note(
        formatv(": {0}; {1:N} -> {2:N} bytes (-v prints each slot)", what,
                input.bytes().size(), size));
}

static std::string count(uint64_t number, StringRef what) {
  return formatv("{0:N} {1}{2}", number, what, number == 1 ? "" : "s");
}

Error Job::runObject() {
  Expected<RewrittenObject> object =
      rewriteObject(input.bytes(), config, diagnostics);
  if (!object)
    return object.takeError();
  if (!object->redirectedSlots)
    return deliverCopy();
  const uint64_t size = object->contents.size();
  if (Error e = deliver(std::move(object->contents),
                        [&](Bytes written, const Copies &copies) {
                          return verifyObject(*object, written, copies, config);
                        }))
    return e;
  summarize(count(object->redirectedSlots, "slot") + " redirected", size);
  return Error::success();
}

Error Job::runArchive() {
  Expected<RewrittenArchive> archive =
      rewriteArchive(input.bytes(), config, diagnostics);
  if (!archive)
    return archive.takeError();
  const std::optional<uint64_t> size =
      archive->contents ? std::optional(archive->contents->size())
                        : std::nullopt;
  if (Error e = deliver(std::move(archive->contents),
                        [&](Bytes written, const Copies &copies) {
                          return verifyArchive(*archive, written, copies,
                                               config);
                        }))
    return e;
  uint64_t slots = 0, members = 0;
  for (const RewrittenObject &member : archive->members) {
    slots += member.redirectedSlots;
    members += member.redirectedSlots != 0;
  }
  if (size)
    summarize(count(slots, "slot") + " redirected in " +
                  count(members, "member"),
              *size);
  return Error::success();
}

/// The members of a thin archive are files of their own: each is rewritten in
/// its place, then the sizes in the archive follow.
Error Job::runThinArchive() {
  if (!config.thinMembers)
    return error("a thin archive: its members are files elsewhere "
                 "(--thin-members rewrites them in place)");
  if (!config.output.empty() || input.isStdin())
    return error("the members of a thin archive are rewritten in place only");
  Expected<Archive> archive = readArchive(input.bytes());
  if (!archive)
    return archive.takeError();

  // A refused member does not keep the others from being done, and for those
  // the archive must say their new sizes.
  std::vector<MemberEdit> edits;
  Error errors = Error::success();
  for (auto [i, member] : enumerate(archive->members)) {
    if (member.kind != MemberKind::File)
      continue;
    const std::string name = "(" + member.name + ")";
    Expected<uint64_t> size = runThinMember(member, name);
    if (!size)
      errors = joinErrors(std::move(errors), inContext(name, size.takeError()));
    else if (*size != member.size)
      edits.push_back({static_cast<uint32_t>(i), {}, *size});
  }
  if (edits.empty())
    return errors;
  Expected<Extents> contents = writeArchive(*archive, std::move(edits));
  if (!contents)
    return joinErrors(std::move(errors), contents.takeError());
  return joinErrors(
      std::move(errors),
      deliver(std::move(*contents), [&](Bytes written, const Copies &) {
        return readArchive(written).takeError();
      }));
}

/// Rewrites the file of a thin archive's member. Returns its size now.
Expected<uint64_t> Job::runThinMember(const Member &member, StringRef name) {
  SmallString<256> path = sys::path::parent_path(input.realPath);
  sys::path::append(path, member.name);
  if (sys::path::is_absolute(member.name))
    path = member.name;
  Diagnostics messages;
  Error e = rewriteFile(path, config, messages);
  diagnostics.append(messages, name);
  if (e)
    return e;
  uint64_t size;
  if (std::error_code ec = sys::fs::file_size(path, size))
    return errorCodeToError(ec);
  return size;
}

static std::string describe(const ImageSummary &summary) {
  std::vector<std::string> parts;
  if (summary.packed)
    parts.push_back(count(summary.packed, "relative relocation") + " packed");
  if (summary.address)
    parts.push_back(formatv("address {0:x}", *summary.address));
  if (summary.redirected || parts.empty())
    parts.insert(parts.begin(),
                 count(summary.redirected, "slot") + " of " +
                     count(summary.functions, "function") + " redirected to " +
                     (summary.mode == Mode::Lazy ? "lazy entries" : "relays"));
  return join(parts, ", ");
}

Error Job::runImage() {
  if (Error e = delivery.checkTarget())
    return e;
  return redraws ? redraw() : rewrite(input.bytes());
}

Error Job::redraw() {
  Expected<Image> image = readImage(input.bytes());
  if (!image)
    return image.takeError();
  Expected<std::optional<ByteVector>> old = oldImage(*image);
  // Without a record it stays as it is, and its line says so.
  if (!old)
    consumeError(old.takeError());
  return old && *old ? rewrite(**old) : rewrite(input.bytes());
}

/// Rewrites \p bytes: those of the input, or of what it was made of.
Error Job::rewrite(Bytes bytes) {
  Expected<RewrittenImage> image =
      config.ifWorth ? rewriteIfWorth(bytes, config, diagnostics)
                     : rewriteImage(bytes, config, diagnostics);
  if (!image)
    return image.takeError();
  if (!image->contents)
    return deliverCopy();
  if (Error e = checkOutsideChecks(input, *image->before, config.output))
    return e;
  const uint64_t size = image->contents->size();
  if (Error e = deliver(std::move(image->contents),
                        [&](Bytes written, const Copies &copies) {
                          return verifyImage(*image->before, written, copies,
                                             {NoteHash::Trusted});
                        }))
    return e;
  summarize(describe(image->summary), size);
  if (!config.quiet)
    sayLosses(image->summary, diagnostics);
  return Error::success();
}

Error Job::run() {
  const Classification found = classify(input.bytes());
  sayIdle(found.kind);
  switch (found.kind) {
  case FileKind::Object:
    return runObject();
  case FileKind::Archive:
    return runArchive();
  case FileKind::ThinArchive:
    return runThinArchive();
  case FileKind::Image:
    return runImage();
  case FileKind::Executable:
  case FileKind::Foreign:
    return error("{0}", found.reason);
  }
  llvm_unreachable("all kinds are listed");
}

Error rewriteFile(StringRef path, const Config &config,
                  Diagnostics &diagnostics, bool redraws) {
  Expected<InputFile> input = InputFile::open(path);
  if (!input)
    return input.takeError();
  return Job(*input, config, redraws, diagnostics).run();
}

Error undoFile(StringRef path, UndoOf what, const FileConfig &config,
               Diagnostics &diagnostics) {
  Expected<InputFile> input = InputFile::open(path);
  if (!input)
    return input.takeError();
  if (classify(input->bytes()).kind != FileKind::Image)
    return error("only shared libraries and PIEs have an undo record");
  Delivery delivery(*input, config, diagnostics);
  if (Error e = delivery.checkTarget())
    return e;
  Expected<Extents> old = undoLast(input->bytes(), what);
  if (!old)
    return old.takeError();
  // Its hash has been checked.
  return delivery.deliver(
      std::move(*old), [](Bytes, const Copies &) { return Error::success(); });
}

/// Whether \p file is an image that can be read.
static Error checkImage(const InputFile &file) {
  if (classify(file.bytes()).kind != FileKind::Image)
    return error("not a shared library or PIE, which --verify compares");
  return readImage(file.bytes()).takeError();
}

Error verifyPair(StringRef before, StringRef after,
                 function_ref<Error(const InputFile &)> check,
                 function_ref<Error(Bytes, Bytes)> verify) {
  Expected<InputFile> old = InputFile::open(before);
  if (!old)
    return inContext(before, old.takeError());
  Expected<InputFile> now = InputFile::open(after);
  if (!now)
    return inContext(after, now.takeError());
  for (const InputFile *file : {&*old, &*now})
    if (Error e = check(*file))
      return inContext(file->path, std::move(e));
  return inContext(after, verify(old->bytes(), now->bytes()));
}

Error verifyFiles(StringRef before, StringRef after) {
  return verifyPair(before, after, checkImage, verifyImageFiles);
}

} // namespace objprelink
