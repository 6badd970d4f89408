#include "Report/Gate.h"
#include "Support/Diagnostics.h"
#include "Support/Suggest.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace objprelink {

Expected<Limit> parseLimit(StringRef text) {
  const auto [key, number] = text.split('=');
  Limit out;
  out.key = key;
  std::replace(out.key.begin(), out.key.end(), '-', '_');
  out.text = number;
  StringRef digits = number;
  out.isGrowth = digits.consume_front("+");
  out.isPercent = digits.consume_back("%");
  uint64_t most = 0;
  if (key.empty() || digits.getAsInteger(10, most) ||
      (out.isPercent && !out.isGrowth))
    return error("\"{0}\" is no limit: they are like look-ups=400 or, with "
                 "--diff, look-ups=+10 and look-ups=+5%",
                 text);
  out.most = static_cast<double>(most);
  return out;
}

/// A key as options have it.
static std::string optionName(StringRef key) {
  std::string out = key.str();
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

/// The counts of \p document that may have limits.
static std::vector<std::string> countsOf(const Document &document) {
  std::vector<std::string> out;
  for (const Fact &fact : document.facts)
    if (fact.unit != Unit::None && fact.unit != Unit::Address)
      out.push_back(optionName(fact.key));
  return out;
}

static Expected<double> countOf(const Document &document, const Limit &limit) {
  const Fact *fact = document.fact(limit.key);
  const std::string name = optionName(limit.key);
  if (!fact || fact->unit == Unit::None || fact->unit == Unit::Address) {
    const std::vector<std::string> counts = countsOf(document);
    return error(
        "{0}: no count {1} in the report on a file of this kind, {2}{3}",
        document.name, name, document.kind, suggest(name, counts));
  }
  const std::optional<double> number = numberOf(fact->value);
  if (!number)
    return error("{0}: {1} is not known", document.name, name);
  return *number;
}

static std::string countText(double count) {
  return toText(static_cast<uint64_t>(count), Unit::Count);
}

/// "vtable function 365, typeinfo 102": where most of a count comes from.
static std::string largestCauses(const Document &document, StringRef key) {
  std::vector<std::pair<double, std::string>> rows;
  for (StringRef name : {"relocations", "causes"}) {
    const Table *table = document.table(name);
    if (!table)
      continue;
    const StringRef wanted = key == "dirty_pages" ? "pages" : key;
    for (auto [index, column] : enumerate(table->columns))
      if (column.key == wanted)
        for (const std::vector<Value> &row : table->rows)
          if (const std::optional<double> number = numberOf(row[index]);
              number && *number > 0)
            rows.push_back({*number, toText(row[0], Unit::None)});
  }
  stable_sort(rows,
              [](const auto &a, const auto &b) { return a.first > b.first; });
  std::string out;
  for (const auto &[count, cause] : ArrayRef(rows).take_front(3))
    out += (out.empty() ? "" : ", ") + cause + " " + countText(count);
  return out;
}

Expected<bool> checkLimits(ArrayRef<Limit> limits, const Document *before,
                           const Document &now, Document &out) {
  Table table = {"limits",
                 "Limits",
                 {{"limit", "limit"},
                  {"most", "at most", Unit::Count},
                  {"count", "is", Unit::Count},
                  {"holds", "holds"}},
                 {},
                 {},
                 false};
  std::vector<std::string> lines;
  bool holdsAll = true;
  for (const Limit &limit : limits) {
    Expected<double> count = countOf(now, limit);
    if (!count)
      return count.takeError();
    double most = limit.most;
    if (limit.isGrowth) {
      if (!before)
        return error("{0}: {1} has no baseline: the report is new", now.name,
                     optionName(limit.key));
      Expected<double> old = countOf(*before, limit);
      if (!old)
        return old.takeError();
      most =
          limit.isPercent ? *old * (1 + limit.most / 100) : *old + limit.most;
    }
    const bool holds = *count <= most;
    holdsAll &= holds;
    table.addRow({optionName(limit.key), static_cast<uint64_t>(most),
                  static_cast<uint64_t>(*count), holds});
    std::string line =
        formatv("{0} {1}: {2}, at most {3}{4}", holds ? "ok  " : "OVER",
                optionName(limit.key), countText(*count), countText(most),
                limit.isGrowth ? " (" + limit.text + ")" : "");
    if (!holds) {
      line += formatv(", {0} too many", countText(*count - std::floor(most)));
      if (std::string causes = largestCauses(now, limit.key); !causes.empty())
        line += ": " + causes;
    }
    // What is wrong comes first.
    lines.insert(
        holds ? lines.end()
              : partition_point(
                    lines, [](StringRef l) { return l.starts_with("OVER"); }),
        std::move(line));
  }
  out.summary.insert(out.summary.begin(), lines.begin(), lines.end());
  out.tables.insert(out.tables.begin(), std::move(table));
  return holdsAll;
}

/// The row of the table of rewrites for \p command, empty where there is none.
static ArrayRef<Value> rewriteBy(const Document &document, StringRef command) {
  if (const Table *table = document.table("rewrites"))
    for (const std::vector<Value> &row : table->rows)
      if (row[0] == Value(command.str()))
        return row;
  return {};
}

Rewritten checkRewritten(const Document &now, Document &out) {
  const auto say = [&](std::string line) {
    out.summary.insert(out.summary.begin(), std::move(line));
  };
  const Fact *note = now.fact("rewritten");
  if (!note) {
    say("UNKNOWN whether it is rewritten: it is no image, but " + now.kind);
    return Rewritten::Unknown;
  }
  if (note->value == Value(true))
    return Rewritten::Yes;
  const ArrayRef<Value> row = rewriteBy(now, "objprelink2");
  // An executable at fixed addresses has none.
  if (row.empty())
    return Rewritten::NothingToDo;
  const uint64_t *slots = std::get_if<uint64_t>(&row[1]);
  if (!slots) {
    say("UNKNOWN whether it is rewritten: " + toText(row[6], Unit::None));
    return Rewritten::Unknown;
  }
  // Where nothing is to be done, there is no new file, and no size of one.
  if (!*slots || !row[5].index())
    return Rewritten::NothingToDo;
  say(formatv(
      "NOT REWRITTEN: {0:N} slot{1} that a rewrite would take, and no note "
      "of objprelink",
      *slots, *slots == 1 ? "" : "s"));
  return Rewritten::No;
}

} // namespace objprelink
