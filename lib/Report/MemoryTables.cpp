//===- MemoryTables.cpp - own pages by library, kind and section ----------===//

#include "Report/MemoryTables.h"
#include "ELF/SectionTable.h"
#include "Process/MappedFile.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include <map>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// How many files people see who do not ask for all.
static constexpr uint32_t kMostFiles = 10;

namespace {
/// Where in a file its sections are.
class SectionMap {
public:
  explicit SectionMap(std::unique_ptr<MemoryBuffer> file);
  /// The section with most bytes of the page at \p offset, empty if it is not
  /// known.
  StringRef sectionOf(uint64_t offset, bool isExecutable) const;

private:
  struct Part {
    std::string name;
    uint64_t begin, end;
    bool isWritable;
  };
  std::vector<Part> parts;
};

/// What a library's own pages are.
struct OwnPages {
  uint64_t relro = 0, data = 0, text = 0;
  uint64_t total() const { return relro + data + text; }
};
} // namespace

SectionMap::SectionMap(std::unique_ptr<MemoryBuffer> file) {
  if (!file || file->getBufferSize() < sizeof(Elf64_Ehdr) ||
      !file->getBuffer().starts_with("\x7f"
                                     "ELF"))
    return;
  const Bytes bytes = arrayRefFromStringRef(file->getBuffer());
  if (bytes[EI_DATA] != ELFDATA2LSB)
    return;
  // A file without section headers is split by permissions alone.
  Expected<SectionTable> table =
      readSectionTable(bytes, bytes[EI_CLASS] == ELFCLASS64);
  if (!table) {
    consumeError(table.takeError());
    return;
  }
  for (const Section &section : table->sections)
    if ((section.flags & SHF_ALLOC) && section.hasBytes() && section.size)
      parts.push_back({table->name(section).str(), section.offset,
                       section.offset + section.size,
                       (section.flags & SHF_WRITE) != 0});
}

StringRef SectionMap::sectionOf(uint64_t offset, bool isExecutable) const {
  StringRef best;
  std::pair<bool, uint64_t> most = {false, 0};
  for (const Part &part : parts) {
    const uint64_t begin = std::max(part.begin, offset);
    const uint64_t end = std::min(part.end, offset + kPageSize);
    // Linkers let segments share a page of the file; what is mapped to be
    // written to is the sections that are.
    const std::pair<bool, uint64_t> rank = {part.isWritable != isExecutable,
                                            begin < end ? end - begin : 0};
    if (rank.second && rank > most) {
      most = rank;
      best = part.name;
    }
  }
  return best;
}

/// What ld.so has closed again is RELRO: it has written to pages that are not
/// writable now.
static uint64_t &countOf(OwnPages &pages, const FileMapping &mapping) {
  if (mapping.isExecutable)
    return pages.text;
  return mapping.isWritable ? pages.data : pages.relro;
}

static StringRef kindOf(const FileMapping &mapping) {
  if (mapping.isExecutable)
    return "(executable)";
  return mapping.isWritable ? "(writable)" : "(read-only)";
}

using BySection = std::map<std::pair<std::string, std::string>, uint64_t>;

static Table mappingTable(const MapVector<StringRef, OwnPages> &libraries) {
  Table out;
  out.key = "mappings";
  out.title = "Pages that are private copies, by file";
  out.columns = {{"library", "file", Unit::None},
                 {"pages_private", "pages", Unit::Pages},
                 {"bytes_private", "bytes", Unit::Bytes},
                 {"pages_relro", "read-only by now", Unit::Pages},
                 {"pages_data", "writable", Unit::Pages},
                 {"pages_text", "code", Unit::Pages}};
  out.chart = Chart{0, {3, 4, 5}};
  out.mostRows = kMostFiles;
  for (const auto &[path, pages] : libraries)
    if (pages.total())
      out.addRow({path.str(), pages.total(), pages.total() * kPageSize,
                  pages.relro, pages.data, pages.text});
  stable_sort(out.rows, [](const auto &a, const auto &b) {
    return std::get<uint64_t>(a[1]) > std::get<uint64_t>(b[1]);
  });
  return out;
}

static Table sectionTable(const BySection &sections) {
  Table out;
  out.key = "sections";
  out.title = "Pages that are private copies, by section";
  out.isDetail = true;
  out.columns = {{"library", "file", Unit::None},
                 {"section", "section", Unit::None},
                 {"pages_private", "pages", Unit::Pages}};
  for (const auto &[name, pages] : sections)
    out.addRow({name.first, name.second, pages});
  stable_sort(out.rows, [](const auto &a, const auto &b) {
    return std::get<uint64_t>(a[2]) > std::get<uint64_t>(b[2]);
  });
  return out;
}

void addMemoryTables(uint64_t pid, const std::vector<FileMapping> &mappings,
                     Document &document) {
  MapVector<StringRef, OwnPages> libraries;
  std::map<std::pair<StringRef, uint64_t>, SectionMap> files;
  BySection sections;
  OwnPages total;
  for (const FileMapping &mapping : mappings) {
    OwnPages &pages = libraries[mapping.path];
    if (mapping.ownPages.empty())
      continue;
    const std::pair<StringRef, uint64_t> file(mapping.path, mapping.inode);
    auto it = files.find(file);
    if (it == files.end())
      it = files.emplace(file, SectionMap(readCopy(pathOfMapped(pid, mapping))))
               .first;
    for (const uint64_t offset : mapping.ownPages) {
      const StringRef section =
          it->second.sectionOf(offset, mapping.isExecutable);
      ++sections[{mapping.path,
                  (section.empty() ? kindOf(mapping) : section).str()}];
    }
    countOf(pages, mapping) += mapping.ownPages.size();
    countOf(total, mapping) += mapping.ownPages.size();
  }
  document.addFact("files_mapped", "files mapped", uint64_t(libraries.size()),
                   Unit::Count);
  document.addFact("pages_private", "pages of files that are private copies",
                   total.total(), Unit::Pages);
  document.addFact("bytes_private", "memory that they take",
                   total.total() * kPageSize, Unit::Bytes);
  document.addFact("pages_relro", "of these, read-only by now", total.relro,
                   Unit::Pages);
  document.addFact("pages_data", "of these, writable", total.data, Unit::Pages);
  document.addFact("pages_text", "of these, code", total.text, Unit::Pages);
  document.tables.push_back(mappingTable(libraries));
  document.tables.push_back(sectionTable(sections));
}

} // namespace objprelink
