#include "Archive/Archive.h"
#include "ELF/Classify.h"
#include "Report/ImageReport.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;

namespace objprelink {

/// Adds the rows of \p from to those of \p to: numbers of rows with the same
/// texts are added up. A symbol that two objects name counts twice.
static void addTable(Table &to, const Table &from) {
  for (const std::vector<Value> &row : from.rows) {
    const auto same = find_if(to.rows, [&](const std::vector<Value> &other) {
      return all_of(zip_equal(row, other), [](auto pair) {
        const auto &[a, b] = pair;
        return !std::holds_alternative<std::string>(a) || a == b;
      });
    });
    if (same == to.rows.end()) {
      to.rows.push_back(row);
      continue;
    }
    for (auto [sum, value] : zip_equal(*same, row))
      if (uint64_t *number = std::get_if<uint64_t>(&sum))
        if (const uint64_t *more = std::get_if<uint64_t>(&value))
          *number += *more;
  }
}

static void keepColumns(Table &table, size_t count) {
  table.columns.resize(count);
  for (std::vector<Value> &row : table.rows)
    row.resize(count);
}

static uint64_t numberOf(const Document &document, StringRef table,
                         StringRef row, StringRef column) {
  const Table *found = document.table(table);
  if (!found)
    return 0;
  const auto at =
      find_if(found->columns, [&](const Column &c) { return c.key == column; });
  uint64_t sum = 0;
  for (const std::vector<Value> &values : found->rows)
    if (values[0] == Value(row.str()))
      if (const uint64_t *number =
              std::get_if<uint64_t>(&values[at - found->columns.begin()]))
        sum += *number;
  return sum;
}

Expected<Document> reportArchive(Bytes bytes) {
  Expected<Archive> archive = readArchive(bytes);
  if (!archive)
    return archive.takeError();
  std::vector<const Member *> objects;
  uint64_t others = 0;
  for (const Member &member : archive->members)
    if (member.kind == MemberKind::File) {
      if (classify(archive->contents(member)).kind == FileKind::Object)
        objects.push_back(&member);
      else
        ++others;
    }
  std::vector<std::optional<Expected<Document>>> results(objects.size());
  parallelFor(0, objects.size(), [&](size_t i) {
    results[i].emplace(reportObject(archive->contents(*objects[i])));
  });

  Document out;
  out.kind = "archive";
  out.addFact("bytes", "file", uint64_t(bytes.size()), Unit::Bytes);
  out.addFact("objects", "objects", uint64_t(objects.size()), Unit::Count);
  out.addFact("other_members", "other members", others, Unit::Count);
  Table members = {"members",
                   "Members",
                   {{"member", "member"},
                    {"vtable_functions", "vtable functions", Unit::Count},
                    {"redirected", "redirected", Unit::Count}},
                   {},
                   {},
                   true};
  std::vector<Table> sums;
  for (auto [member, result] : zip_equal(objects, results)) {
    if (!*result) {
      out.warnings.push_back("(" + member->name +
                             "): " + toString(result->takeError()));
      continue;
    }
    const Document &document = **result;
    members.addRow(
        {member->name,
         numberOf(document, "relocations", "vtable function", "count"),
         numberOf(document, "slots", "redirected", "count")});
    for (Table table : document.tables) {
      // Sizes and remarks are of one object.
      if (table.key == "rewrites")
        keepColumns(table, 2);
      const auto sum = find_if(
          sums, [&](const Table &other) { return other.key == table.key; });
      if (sum == sums.end())
        sums.push_back(table);
      else
        addTable(*sum, table);
    }
  }
  out.tables = std::move(sums);
  out.tables.push_back(std::move(members));
  return out;
}

} // namespace objprelink
