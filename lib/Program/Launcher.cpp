#include "Program/Launcher.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace objprelink {

static constexpr StringLiteral kHead =
    "#!/bin/sh\n# A launcher of objprelink-program.\n";

/// \p text as one word of a shell.
static std::string quote(StringRef text) {
  const bool isPlain = !text.empty() && all_of(text, [](char c) {
    return isAlnum(c) || StringRef("/._-+,:=@%").contains(c);
  });
  if (isPlain)
    return text.str();
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::vector<std::string> startCommand(const Places &places, const Entry &entry,
                                      StringRef path) {
  std::vector<std::string> out = {places.starter,
                                  "--table=" + places.tableOf(entry.name)};
  if (!entry.via.empty())
    out.push_back("--via=" + join(entry.via, ":"));
  out.push_back("--");
  out.push_back(path.str());
  return out;
}

std::string printLauncher(const Places &places, const Entry &entry,
                          StringRef path) {
  std::string command;
  for (const std::string &word : startCommand(places, entry, path))
    command += quote(word) + " ";
  return (kHead + "if [ -x " + quote(places.starter) + " ]; then\n  exec " +
          command + "\"$@\"\nfi\nexec " + quote(path) + " \"$@\"\n")
      .str();
}

bool isLauncher(StringRef text) {
  return text.starts_with(kHead);
}

} // namespace objprelink
