#include "Program/DesktopEntry.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace objprelink {

namespace {
/// A word of Exec: where it stands, and what it means.
struct ExecWord {
  size_t begin = 0, end = 0;
  std::string text;
};

/// A line of a desktop entry.
struct Line {
  StringRef text;
  /// The group that it is in.
  StringRef group;
  /// Empty where it is a comment or begins a group.
  StringRef key, value;
};
} // namespace

/// Resolves the escapes of a value of type string; those of quoted words are
/// another layer, which comes after.
static std::string unescape(StringRef value) {
  std::string out;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\' || i + 1 == value.size()) {
      out += value[i];
      continue;
    }
    const char c = value[++i];
    out += c == 's'   ? ' '
           : c == 't' ? '\t'
           : c == 'n' ? '\n'
           : c == 'r' ? '\r'
                      : c;
  }
  return out;
}

static std::string escape(StringRef value) {
  std::string out;
  for (const char c : value)
    out += c == '\\' ? "\\\\" : std::string(1, c);
  return out;
}

/// The words of \p exec, whose escapes are resolved.
static std::vector<ExecWord> splitExec(StringRef exec) {
  std::vector<ExecWord> out;
  for (size_t i = 0; i < exec.size();) {
    if (exec[i] == ' ' || exec[i] == '\t') {
      ++i;
      continue;
    }
    ExecWord word;
    word.begin = i;
    while (i < exec.size() && exec[i] != ' ' && exec[i] != '\t') {
      if (exec[i] != '"') {
        word.text += exec[i++];
        continue;
      }
      for (++i; i < exec.size() && exec[i] != '"'; ++i) {
        if (exec[i] == '\\' && i + 1 < exec.size())
          ++i;
        word.text += exec[i];
      }
      ++i;
    }
    word.end = std::min(i, exec.size());
    out.push_back(std::move(word));
  }
  return out;
}

/// The word of \p words that names the program; null if there is none.
static const ExecWord *findProgramWord(ArrayRef<ExecWord> words) {
  bool isEnv = false;
  for (const ExecWord &word : words) {
    if (word.text == "env" || word.text == "/usr/bin/env") {
      isEnv = true;
      continue;
    }
    const bool isAssignment = StringRef(word.text).contains('=');
    if (isEnv && (isAssignment || StringRef(word.text).starts_with("-")))
      continue;
    return &word;
  }
  return nullptr;
}

std::string programOfExec(StringRef exec) {
  const std::string plain = unescape(exec);
  const std::vector<ExecWord> words = splitExec(plain);
  const ExecWord *word = findProgramWord(words);
  return word ? word->text : std::string();
}

/// Quotes \p path as a word of Exec.
static std::string quoteForExec(StringRef path) {
  std::string out;
  const bool isPlain = all_of(path, [](char c) {
    return isAlnum(c) || StringRef("/._-+,:@").contains(c);
  });
  for (const char c : path) {
    if (StringRef("\"`$\\").contains(c))
      out += '\\';
    out += c;
    if (c == '%') // Or it is a field code.
      out += '%';
  }
  return isPlain ? out : "\"" + out + "\"";
}

static std::vector<Line> readLines(StringRef text) {
  std::vector<Line> out;
  StringRef group;
  SmallVector<StringRef> lines;
  text.split(lines, '\n');
  if (!lines.empty() && lines.back().empty())
    lines.pop_back();
  for (StringRef line : lines) {
    Line read = {line, group, {}, {}};
    const StringRef trimmed = line.trim();
    if (trimmed.starts_with("[") && trimmed.ends_with("]"))
      read.group = group = trimmed.drop_front().drop_back();
    else if (!trimmed.starts_with("#") && trimmed.contains('=')) {
      const auto [key, value] = trimmed.split('=');
      read.key = key.rtrim();
      read.value = value.ltrim();
    }
    out.push_back(read);
  }
  return out;
}

std::vector<std::string> programsOfDesktopEntry(StringRef text) {
  std::vector<std::string> out;
  for (const Line &line : readLines(text))
    if (line.key == "Exec")
      out.push_back(programOfExec(line.value));
  return out;
}

StringRef valueInDesktopEntry(StringRef text, StringRef key) {
  for (const Line &line : readLines(text))
    if (line.key == key)
      return line.value;
  return {};
}

static constexpr StringLiteral kMain = "Desktop Entry";

/// Whether all that can be started has an Exec line: where D-Bus starts the
/// program, there need be none.
static Error checkExecs(ArrayRef<Line> lines) {
  std::vector<StringRef> groups, with;
  for (const Line &line : lines) {
    if ((line.group == kMain || line.group.starts_with("Desktop Action ")) &&
        !is_contained(groups, line.group))
      groups.push_back(line.group);
    if (line.key == "Exec")
      with.push_back(line.group);
  }
  for (StringRef group : groups)
    if (!is_contained(with, group))
      return error("D-Bus starts it, and the group '{0}' has no Exec", group);
  return Error::success();
}

Expected<std::string>
copyDesktopEntry(StringRef text, StringRef name,
                 function_ref<std::string(StringRef)> launcherOf) {
  const std::vector<Line> lines = readLines(text);
  const bool isActivatable = any_of(lines, [](const Line &line) {
    return line.key == "DBusActivatable" && line.value == "true";
  });
  if (isActivatable)
    if (Error e = checkExecs(lines))
      return e;
  std::string out;
  for (const Line &line : lines) {
    std::string made = line.text.str();
    if (line.key == "Exec") {
      const std::string plain = unescape(line.value);
      const std::vector<ExecWord> words = splitExec(plain);
      const ExecWord *word = findProgramWord(words);
      const std::string launcher = word ? launcherOf(word->text) : "";
      if (!launcher.empty())
        made =
            "Exec=" + escape(plain.substr(0, word->begin) +
                             quoteForExec(launcher) + plain.substr(word->end));
    } else if (line.key == "DBusActivatable" && isActivatable) {
      // Or the service, and not Exec, would be what is started.
      made = "DBusActivatable=false";
    }
    out += made + "\n";
    if (line.key.empty() && line.group == kMain &&
        line.text.trim().starts_with("["))
      out += (kDesktopMark + "=" + name + "\n").str();
  }
  return out;
}

} // namespace objprelink
