#include "ObjectRewriter/RewriteArchive.h"
#include "ELF/Classify.h"
#include "ObjectRewriter/RewriteObject.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;

namespace objprelink {

namespace {
/// One member's share of the work, filled in by whichever thread takes it.
struct MemberResult {
  RewrittenObject object;
  Diagnostics diagnostics;
  Error error = Error::success();
};
} // namespace

static std::string inParentheses(const Member &member) {
  return "(" + member.name + ")";
}

static void rewriteMember(Bytes bytes, const Config &config,
                          MemberResult &result) {
  const Classification found = classify(bytes);
  if (found.kind != FileKind::Object) {
    if (config.verbose)
      result.diagnostics.note(": left alone: " + (found.reason.empty()
                                                      ? "not an object"
                                                      : Twine(found.reason)));
    return;
  }
  Expected<RewrittenObject> object =
      rewriteObject(bytes, config, result.diagnostics);
  if (object)
    result.object = std::move(*object);
  else
    result.error = object.takeError();
}

Expected<RewrittenArchive> rewriteArchive(Bytes bytes, const Config &config,
                                          Diagnostics &diagnostics) {
  Expected<Archive> archive = readArchive(bytes);
  if (!archive)
    return archive.takeError();

  std::vector<MemberResult> results(archive->members.size());
  parallelFor(0, results.size(), [&](size_t i) {
    const Member &member = archive->members[i];
    if (member.kind == MemberKind::File)
      rewriteMember(archive->contents(member), config, results[i]);
  });

  // From here on in the order of the members.
  RewrittenArchive out;
  std::vector<MemberEdit> edits;
  Error errors = Error::success();
  for (auto [i, result] : enumerate(results)) {
    const std::string name = inParentheses(archive->members[i]);
    diagnostics.append(result.diagnostics, name);
    errors =
        joinErrors(std::move(errors), inContext(name, std::move(result.error)));
    if (result.object.redirectedSlots) {
      const uint64_t size = result.object.contents.size();
      edits.push_back(
          {static_cast<uint32_t>(i), std::move(result.object.contents), size});
    }
    out.members.push_back(std::move(result.object));
  }
  if (errors)
    return errors;
  if (!edits.empty()) {
    Expected<Extents> contents = writeArchive(*archive, std::move(edits));
    if (!contents)
      return contents.takeError();
    out.contents = std::move(*contents);
  }
  out.before = std::move(*archive);
  return out;
}

} // namespace objprelink
