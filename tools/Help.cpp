#include "Help.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Option/Option.h"
#include <map>

using namespace llvm;
using namespace llvm::opt;

namespace objprelink {

static constexpr size_t kWidth = 80, kHelpColumn = 26;

namespace {
/// An option with its aliases.
struct Entry {
  /// Each with its value; the shortest first.
  std::vector<std::string> spellings;
  std::string help;
};
} // namespace

/// Prints \p text from column \p at on, its lines from column \p indent.
static void printWrapped(StringRef text, size_t at, size_t indent,
                         raw_ostream &out) {
  SmallVector<StringRef> words;
  text.split(words, ' ', -1, /*KeepEmpty=*/false);
  bool isFirst = true;
  for (const StringRef word : words) {
    if (!isFirst && at + 1 + word.size() > kWidth) {
      out << '\n' << std::string(indent, ' ');
      at = indent;
    } else if (!isFirst) {
      out << ' ';
      ++at;
    }
    out << word;
    at += word.size();
    isFirst = false;
  }
  out << '\n';
}

static void printEntry(const Entry &entry, raw_ostream &out) {
  std::string names;
  for (const std::string &spelling : entry.spellings)
    names += (names.empty() ? "  " : ", ") + spelling;
  if (names.size() > kWidth) {
    printWrapped(names, 0, 4, out << "  ");
    names.clear();
  } else {
    out << names;
  }
  if (names.empty() || names.size() + 2 > kHelpColumn) {
    if (!names.empty())
      out << '\n';
    names.clear();
  }
  out << std::string(kHelpColumn - names.size(), ' ');
  printWrapped(entry.help, kHelpColumn, kHelpColumn, out);
}

/// "--slots=<set>", "-o <file>"
static std::string spell(const OptTable &table, const Option &option) {
  std::string out = option.getPrefixedName().str();
  const char *value = table.getOptionMetaVar(option.getID());
  if (option.getKind() == Option::FlagClass)
    return out;
  const std::string name = value ? value : "<value>";
  const bool isSeparate = option.getKind() == Option::SeparateClass ||
                          option.getKind() == Option::JoinedOrSeparateClass ||
                          option.getKind() == Option::RemainingArgsClass;
  return out + (isSeparate ? " " : "") + name;
}

/// Whether "--output DIR" stands beside "--output=DIR", which says it too.
static bool isSaid(const Entry &entry, const Option &alias) {
  return any_of(entry.spellings, [&](StringRef spelling) {
    return spelling.starts_with((alias.getPrefixedName() + "=").str());
  });
}

void printOptions(const OptTable &table, StringRef title, raw_ostream &out) {
  // By group: 0 is none.
  std::map<unsigned, MapVector<unsigned, Entry>> groups;
  const auto entryOf = [&](const Option &option) -> Entry & {
    const Option group = option.getGroup();
    return groups[group.isValid() ? group.getID() : 0][option.getID()];
  };
  for (unsigned id = 1; id <= table.getNumOptions(); ++id) {
    const Option option = table.getOption(id);
    const char *help = table.getOptionHelpText(id);
    if (!help || option.getKind() == Option::GroupClass ||
        option.getAlias().isValid())
      continue;
    Entry &entry = entryOf(option);
    entry.spellings.push_back(spell(table, option));
    entry.help = help;
  }
  for (unsigned id = 1; id <= table.getNumOptions(); ++id) {
    const Option option = table.getOption(id);
    const Option target = option.getAlias();
    if (!target.isValid() || !table.getOptionHelpText(id))
      continue;
    Entry &entry = entryOf(target);
    if (!entry.help.empty() && !isSaid(entry, option))
      entry.spellings.push_back(spell(table, option));
  }
  const auto print = [&](StringRef heading,
                         MapVector<unsigned, Entry> &entries) {
    out << '\n' << heading << ":\n";
    for (auto &[id, entry] : entries) {
      stable_sort(entry.spellings, [](StringRef a, StringRef b) {
        return a.starts_with("--") < b.starts_with("--");
      });
      printEntry(entry, out);
    }
  };
  for (auto &[group, entries] : groups)
    if (group)
      print(table.getOptionHelpText(group), entries);
  if (const auto others = groups.find(0); others != groups.end())
    print(title, others->second);
}

void printHelp(const OptTable &table, StringRef name, StringRef usage,
               StringRef overview, raw_ostream &out) {
  const auto [sentence, rest] = overview.split("\n\n");
  printWrapped((name + ": " + sentence).str(), 0, 2, out);
  out << '\n';
  printWrapped(("usage: " + name + " " + usage).str(), 0, 7, out);
  if (!rest.empty())
    out << '\n' << rest.rtrim() << '\n';
  printOptions(table, "options", out);
}

std::string suggestOption(const OptTable &table, StringRef option) {
  std::string nearest;
  const StringRef name = option.split('=').first;
  const unsigned distance = table.findNearest(option, nearest);
  // One letter of three may be wrong, and two that are swapped count twice.
  if (nearest.empty() || distance > std::max<size_t>(1, name.size() / 3))
    return "";
  return "; did you mean " + nearest + "?";
}

std::vector<std::string> valuesOf(const OptTable &table, StringRef spelling) {
  return table.suggestValueCompletions(spelling, "");
}

} // namespace objprelink
