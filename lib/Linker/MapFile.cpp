//===- MapFile.cpp - rows of LLD's map ------------------------------------===//
//
// LLD writes the map before the output, so the map knows nothing of the changes
// of the pass. A row has four columns of fixed width (address, load address,
// size, alignment; the addresses of 16 digits or 8) and then the name of an
// output section, or 8 spaces and an input section, or 16 and a symbol. A line
// of another form (--cref's table) is passed on as it is.
//
//===----------------------------------------------------------------------===//

#include "Linker/MapFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatAdapters.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
struct Row {
  uint64_t address = 0;
  uint64_t loadAddress = 0;
  uint64_t size = 0;
  uint64_t alignment = 0;
  StringRef what;

  bool isSection() const { return !what.starts_with(" "); }
};

class MapCorrection {
public:
  MapCorrection(StringRef text, const Image &before, const ImageEdit &edit)
      : rest(text), before(before), edit(edit) {}
  std::string run();
  std::string listChanges();

private:
  std::string header() const;
  std::optional<Row> parse(StringRef line) const;
  void print(const Row &row);
  void printAdded();
  void beginSection(const Row &row);
  void correct(Row row);

  StringRef rest;
  const Image &before;
  const ImageEdit &edit;
  std::string out;
  /// Indices of sections by name, the next one at the end.
  StringMap<SmallVector<uint32_t, 1>> byName;
  /// Of the output section that the rows belong to; 0 is none.
  uint32_t current = 0;
  bool hasAdded = false;
};
} // namespace

static constexpr StringLiteral kHeading("\nChanges by objprelink\n\n");

/// The first line.
std::string MapCorrection::header() const {
  const unsigned width = before.is64 ? 16 : 8;
  return formatv("{0} {1}     Size Align Out     In      Symbol\n",
                 fmt_align("VMA", AlignStyle::Right, width),
                 fmt_align("LMA", AlignStyle::Right, width));
}

std::optional<Row> MapCorrection::parse(StringRef line) const {
  const size_t digits = before.is64 ? 16 : 8;
  const size_t widths[] = {digits, digits, 8, 5};
  const unsigned radixes[] = {16, 16, 16, 10};
  uint64_t values[4] = {};
  for (auto [width, radix, value] : zip_equal(widths, radixes, values)) {
    // Numbers that do not fit their column make it wider.
    const size_t end = line.find(' ', line.find_first_not_of(' '));
    if (end == StringRef::npos || end < width ||
        line.take_front(end).trim().getAsInteger(radix, value))
      return std::nullopt;
    line = line.drop_front(end + 1);
  }
  return Row{values[0], values[1], values[2], values[3], line};
}

void MapCorrection::print(const Row &row) {
  raw_string_ostream stream(out);
  const char *columns =
      before.is64 ? "%16llx %16llx %8llx %5lld " : "%8llx %8llx %8llx %5lld ";
  stream << format(columns, static_cast<unsigned long long>(row.address),
                   static_cast<unsigned long long>(row.loadAddress),
                   static_cast<unsigned long long>(row.size),
                   static_cast<long long>(row.alignment))
         << row.what << '\n';
}

/// The added sections, by address, each with its symbols.
void MapCorrection::printAdded() {
  hasAdded = true;
  std::vector<uint32_t> order;
  for (auto [index, added] : enumerate(edit.addedSections))
    if (added.header.flags & SHF_ALLOC)
      order.push_back(index);
  llvm::sort(order, [&](uint32_t a, uint32_t b) {
    return edit.addedSections[a].header.address <
           edit.addedSections[b].header.address;
  });
  for (uint32_t index : order) {
    const AddedSection &added = edit.addedSections[index];
    const Section &header = added.header;
    Row row = {header.address, header.address, header.size, header.alignment,
               added.name};
    print(row);
    const std::string input = "        <internal>:(" + added.name + ")";
    row.what = input;
    print(row);
    for (const AddedSymbol &symbol : edit.addedSymbols) {
      if (symbol.section != index)
        continue;
      const std::string name =
          std::string(16, ' ') + llvm::demangle(symbol.name);
      print({symbol.address, symbol.address, symbol.size, 1, name});
    }
  }
}

void MapCorrection::beginSection(const Row &row) {
  auto found = byName.find(row.what);
  current = found == byName.end() || found->second.empty()
                ? 0
                : found->second.pop_back_val();
  if (current && !(before.sections[current].flags & SHF_ALLOC) && !hasAdded)
    printAdded();
}

void MapCorrection::correct(Row row) {
  if (current) {
    const Section &old = before.sections[current];
    const Section &now = edit.sections[current];
    row.address += now.address - old.address;
    row.loadAddress += now.address - old.address;
    if (row.size == old.size)
      row.size = now.size;
  }
  print(row);
}

std::string MapCorrection::run() {
  if (!rest.starts_with(header()))
    return rest.str();
  for (uint32_t index = before.sections.size(); index-- > 1;)
    byName[before.name(before.sections[index])].push_back(index);
  while (!rest.empty()) {
    StringRef line;
    const bool isWhole = rest.contains('\n');
    std::tie(line, rest) = rest.split('\n');
    const std::optional<Row> row = parse(line);
    if (!row) {
      if (line.empty() && !hasAdded)
        printAdded();
      out += line;
      if (isWhole)
        out += '\n';
      continue;
    }
    if (row->isSection())
      beginSection(*row);
    correct(*row);
  }
  if (!hasAdded)
    printAdded();
  return std::move(out);
}

std::string MapCorrection::listChanges() {
  out = kHeading.str() + header();
  for (auto [old, now] : zip_equal(before.sections, edit.sections))
    if (old.address != now.address || old.size != now.size) {
      const std::string name = before.name(old).str();
      print({now.address, now.address, now.size, now.alignment, name});
    }
  printAdded();
  return std::move(out);
}

std::string correctMapText(StringRef text, const Image &before,
                           const ImageEdit &edit) {
  return MapCorrection(text, before, edit).run();
}

std::string listMapChanges(const Image &before, const ImageEdit &edit,
                           const std::string *other) {
  if (other)
    return kHeading.str() + correctMapText(*other, before, edit);
  return MapCorrection("", before, edit).listChanges();
}

bool isMapText(StringRef text) {
  return text.ltrim().starts_with("VMA ");
}

} // namespace objprelink
