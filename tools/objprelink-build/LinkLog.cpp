#include "LinkLog.h"
#include "Support/Diagnostics.h"
#include "Support/Json.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace objprelink {

/// The path of an output and the reason for what became of it, and to spare.
static constexpr size_t kLongestLine = 1 << 20;

/// Whether an output is that of a check of autoconf, CMake or Meson, which ask
/// the compiler what it can by linking small programs.
static bool isCheck(StringRef output, StringRef folder) {
  const StringRef name = sys::path::filename(output);
  if (name == "conftest" || name.starts_with("conftest.") ||
      name.starts_with("conftest-"))
    return true;
  // CMake's have five characters by chance: cmTC_0f3a9.
  if (name.starts_with("cmTC_") || name.starts_with("libcmTC_"))
    return true;
  const auto isIn = [&](StringRef part) {
    return output.contains(part) || folder.contains(part);
  };
  return isIn("/meson-private/") ||
         (isIn("/CMakeFiles/") && isIn("/CompilerId"));
}

static bool readLink(StringRef line, Link &link) {
  Expected<json::Value> value = parseJson(line, kLongestLine);
  if (!value) {
    consumeError(value.takeError());
    return false;
  }
  const json::Object *object = value->getAsObject();
  if (!object || !object->getString("outcome"))
    return false;
  const auto text = [&](StringRef key) {
    return object->getString(key).value_or("").str();
  };
  const auto number = [&](StringRef key) {
    const json::Value *v = object->get(key);
    return v ? v->getAsUINT64().value_or(0) : 0;
  };
  link.output = text("output");
  link.outcome = text("outcome");
  link.isCheck = isCheck(link.output, text("directory") + "/");
  link.mode = text("mode");
  link.reason = text("reason");
  // "slots" counts those that were left alone too, where both are said.
  link.slots = number(object->get("redirected") ? "redirected" : "slots");
  link.functions = number("functions");
  return true;
}

Error LinkLog::read(StringRef path, uint64_t start, bool caught) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(path);
  if (buffer.getError() == std::errc::no_such_file_or_directory)
    return Error::success();
  if (!buffer)
    return error("{0}: {1}", path, buffer.getError().message());
  const StringRef text = (*buffer)->getBuffer().drop_front(
      std::min<size_t>(start, (*buffer)->getBufferSize()));
  (caught ? caughtText : foundText) += text;
  for (const StringRef line : split(text, '\n')) {
    if (line.empty())
      continue;
    Link link;
    link.caught = caught;
    if (readLink(line, link))
      links.push_back(std::move(link));
    else
      ++damaged;
  }
  return Error::success();
}

std::string LinkLog::text(bool caughtOnly) const {
  return caughtOnly ? caughtText : foundText + caughtText;
}

static std::string plural(uint64_t n, StringRef one, StringRef many) {
  return formatv("{0:N} {1}", n, n == 1 ? one : many).str();
}

static std::string gain(uint64_t slots, uint64_t functions) {
  return plural(slots, "slot", "slots") + " of " +
         plural(functions, "function", "functions");
}

void LinkLog::printLinks(raw_ostream &out, StringRef program) const {
  for (const Link &link : links) {
    out << program << ": " << visible(link.output) << ": "
        << visible(link.outcome);
    if (link.outcome == "rewritten")
      out << ": " << (link.mode.empty() ? "" : visible(link.mode) + ", ")
          << gain(link.slots, link.functions);
    else if (!link.reason.empty())
      out << ": " << visible(link.reason);
    out << (link.caught ? " (caught by the preloaded library)" : "")
        << (link.isCheck ? " (a check)\n" : "\n");
  }
}

void LinkLog::printRefused(raw_ostream &out, StringRef program) const {
  for (const Link &link : links)
    if (link.outcome == "refused" && !link.isCheck)
      out << program << ": " << visible(link.output)
          << ": refused: " << visible(link.reason) << "\n";
}

static std::string describe(StringRef outcome, uint64_t n,
                            const std::string &all) {
  const std::string number = formatv("{0:N} ", n).str();
  if (outcome == "rewritten")
    return number + "rewritten (" + all + ")";
  if (outcome == "nothing to do")
    return number + "with nothing to do";
  if (outcome == "not an image")
    return number + "no image";
  if (outcome == "off")
    return number + "switched off";
  return number + visible(outcome);
}

void LinkLog::printSummary(raw_ostream &out, StringRef program,
                           bool preload) const {
  if (damaged)
    out << program << ": warning: "
        << plural(damaged, "line of the log is", "lines of the log are")
        << " damaged\n";
  if (links.empty()) {
    out << program
        << ": no link was caught; either none made a file (is everything up to "
           "date?),\n  or the linker was started by a program that ran before "
           "(a build server), runs in a\n  container, clears its environment, "
           "or is statically linked and names the linker by path"
        << (preload ? "\n"
                    : ",\n  or something names it by path: try without "
                      "--no-preload\n");
    return;
  }

  MapVector<StringRef, uint64_t> outcomes;
  for (const StringRef known :
       {"rewritten", "nothing to do", "not an image", "refused", "off"})
    outcomes[known] = 0;
  uint64_t slots = 0, functions = 0, caught = 0, checks = 0;
  for (const Link &link : links) {
    if (link.isCheck) {
      ++checks;
      continue;
    }
    ++outcomes[link.outcome];
    caught += link.caught;
    if (link.outcome == "rewritten") {
      slots += link.slots;
      functions += link.functions;
    }
  }
  std::vector<std::string> parts;
  for (const auto &[outcome, n] : outcomes)
    if (n)
      parts.push_back(describe(outcome, n, gain(slots, functions)));
  const uint64_t counted = links.size() - checks;
  out << program << ": " << plural(counted, "link", "links")
      << (counted ? ": " : "") << join(parts, ", ");
  if (checks)
    out << ", and " << plural(checks, "check", "checks") << " of the compiler";
  out << "\n";
  if (caught)
    out << program << ": the preloaded library caught "
        << (caught == counted ? "all" : formatv("{0:N}", caught).str())
        << " of them; PATH and COMPILER_PATH did not lead to ld.objprelink\n";
}

} // namespace objprelink
