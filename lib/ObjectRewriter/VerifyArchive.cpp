#include "Archive/Archive.h"
#include "ObjectRewriter/Verify.h"
#include "Support/Diagnostics.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;

namespace objprelink {

Error verifyArchive(const RewrittenArchive &archive, Bytes bytes,
                    const Copies &copies, const Config &config) {
  Expected<Archive> after = readArchive(bytes);
  if (!after)
    return after.takeError();
  const Archive &before = archive.before;
  if (after->members.size() != before.members.size())
    return error("the number of members changed");

  std::vector<Error> errors;
  errors.reserve(before.members.size());
  for (size_t i = 0; i < before.members.size(); ++i)
    errors.push_back(Error::success());
  parallelFor(0, before.members.size(), [&](size_t i) {
    const Member &a = before.members[i];
    const Member &b = after->members[i];
    if (a.kind != b.kind || a.name != b.name)
      errors[i] = error("the header changed");
    else if (archive.members[i].redirectedSlots)
      errors[i] =
          verifyObject(archive.members[i], after->contents(b), copies, config);
    else if ((a.kind == MemberKind::File || a.kind == MemberKind::LongNames) &&
             !copies.same(before.contents(a), after->contents(b)))
      errors[i] = error("the contents changed");
  });
  Error all = Error::success();
  for (auto [i, e] : enumerate(errors))
    all =
        joinErrors(std::move(all),
                   inContext("(" + before.members[i].name + ")", std::move(e)));
  return all;
}

} // namespace objprelink
