//===- RewriteFile.cpp - what the commands do with one FILE ---------------===//

#include "ObjectRewriter/RewriteFile.h"
#include "ELF/Classify.h"
#include "ObjectRewriter/RewriteArchive.h"
#include "ObjectRewriter/RewriteObject.h"
#include "ObjectRewriter/Verify.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "Support/OutputFile.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace objprelink {

namespace {
/// One FILE on its way through the pass.
class Job {
public:
  Job(const InputFile &input, const Config &config, Diagnostics &diagnostics)
      : input(input), config(config), diagnostics(diagnostics) {}
  Error run();

private:
  Error runObject();
  Error runArchive();
  Error runThinArchive();
  Error deliver(std::optional<Extents> contents, OutputCheck check);

  const InputFile &input;
  const Config &config;
  Diagnostics &diagnostics;
};
} // namespace

/// Hands over the output, or leaves everything as it is where there is none.
Error Job::deliver(std::optional<Extents> contents, OutputCheck check) {
  const bool inPlace = config.output.empty() || config.output == input.path;
  if (config.dryRun || (!contents && inPlace && !input.isStdin()))
    return Error::success();
  const auto checkAsDefect = [&](Bytes written, const Copies &copies) -> Error {
    if (Error e = check(written, copies))
      return inContext("internal error: the output is wrong and was not kept",
                       std::move(e));
    return Error::success();
  };
  if (!contents) {
    Extents copy;
    copy.append(input.bytes());
    return writeOutput(
        inPlace ? "-" : StringRef(config.output), std::move(copy), input,
        [](Bytes, const Copies &) { return Error::success(); }, diagnostics);
  }
  return writeOutput(inPlace ? StringRef(input.path) : config.output,
                     std::move(*contents), input, checkAsDefect, diagnostics);
}

Error Job::runObject() {
  Expected<RewrittenObject> object =
      rewriteObject(input.bytes(), config, diagnostics);
  if (!object)
    return object.takeError();
  if (!object->redirectedSlots)
    return deliver(std::nullopt, {});
  return deliver(std::move(object->contents),
                 [&](Bytes written, const Copies &copies) {
                   return verifyObject(*object, written, copies, config);
                 });
}

Error Job::runArchive() {
  Expected<RewrittenArchive> archive =
      rewriteArchive(input.bytes(), config, diagnostics);
  if (!archive)
    return archive.takeError();
  return deliver(std::move(archive->contents),
                 [&](Bytes written, const Copies &copies) {
                   return verifyArchive(*archive, written, copies, config);
                 });
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

  std::vector<MemberEdit> edits;
  for (auto [i, member] : enumerate(archive->members)) {
    if (member.kind != MemberKind::File)
      continue;
    SmallString<256> path = sys::path::parent_path(input.realPath);
    sys::path::append(path, member.name);
    if (sys::path::is_absolute(member.name))
      path = member.name;
    Diagnostics messages;
    Error e = rewriteFile(path, config, messages);
    diagnostics.append(messages, "(" + member.name + ")");
    if (e)
      return inContext("(" + member.name + ")", std::move(e));
    Expected<InputFile> now = InputFile::open(path);
    if (!now)
      return inContext("(" + member.name + ")", now.takeError());
    if (now->bytes().size() != member.size)
      edits.push_back({static_cast<uint32_t>(i), {}, now->bytes().size()});
  }
  if (edits.empty())
    return Error::success();
  Expected<Extents> contents = writeArchive(*archive, std::move(edits));
  if (!contents)
    return contents.takeError();
  return deliver(std::move(*contents), [&](Bytes written, const Copies &) {
    return readArchive(written).takeError();
  });
}

Error Job::run() {
  const Classification found = classify(input.bytes());
  switch (found.kind) {
  case FileKind::Object:
    return runObject();
  case FileKind::Archive:
    return runArchive();
  case FileKind::ThinArchive:
    return runThinArchive();
  case FileKind::Image:
    return error("a shared library or PIE: finished images are not rewritten "
                 "by this version, rewrite the objects it is linked from");
  case FileKind::Foreign:
    return error("{0}", found.reason);
  }
  llvm_unreachable("all kinds are listed");
}

Error rewriteFile(StringRef path, const Config &config,
                  Diagnostics &diagnostics) {
  Expected<InputFile> input = InputFile::open(path);
  if (!input)
    return input.takeError();
  return Job(*input, config, diagnostics).run();
}

} // namespace objprelink
