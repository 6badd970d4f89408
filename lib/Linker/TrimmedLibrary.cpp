#include "Linker/TrimmedLibrary.h"
#include "Support/Extents.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
using ELFT = object::ELF64LE;

class Trimmer {
public:
  Trimmer(MemoryBufferRef file, const StringSet<> &names)
      : file(file), names(names) {}
  /// Errors are for LLD to find again.
  Expected<std::unique_ptr<MemoryBuffer>> run();

private:
  Error chooseSymbols(const object::ELFFile<ELFT> &elf);
  std::unique_ptr<MemoryBuffer> layOut(const object::ELFFile<ELFT> &elf);

  const MemoryBufferRef file;
  const StringSet<> &names;
  /// By their old indices; 0 is the null section.
  std::vector<uint32_t> kept = {0};
  std::vector<ELFT::Shdr> headers;
  uint32_t symbolTable = 0, versionTable = 0;
  SmallVector<char, 0> symbols, versions;
};
} // namespace

template <class T>
static void append(SmallVectorImpl<char> &out, const T &value) {
  const auto *bytes = reinterpret_cast<const char *>(&value);
  out.append(bytes, bytes + sizeof(T));
}

/// Fills in the symbols that stay, and their versions.
Error Trimmer::chooseSymbols(const object::ELFFile<ELFT> &elf) {
  const ELFT::Shdr &table = headers[symbolTable];
  auto all = elf.symbols(&table);
  if (!all)
    return all.takeError();
  auto strings = elf.getStringTableForSymtab(table, headers);
  if (!strings)
    return strings.takeError();
  ArrayRef<ELFT::Versym> numbers;
  if (versionTable) {
    auto found =
        elf.getSectionContentsAsArray<ELFT::Versym>(headers[versionTable]);
    if (!found)
      return found.takeError();
    numbers = *found;
    if (numbers.size() != all->size())
      return createStringError("versions of other symbols");
  }
  const size_t begin = std::min<size_t>(table.sh_info, all->size());
  for (auto [index, symbol] : enumerate(*all)) {
    if (index && index < begin)
      continue;
    Expected<StringRef> name = symbol.getName(*strings);
    if (!name)
      return name.takeError();
    if (index && !names.contains(*name))
      continue;
    append(symbols, symbol);
    if (versionTable)
      append(versions, numbers[index]);
  }
  return Error::success();
}

std::unique_ptr<MemoryBuffer>
Trimmer::layOut(const object::ELFFile<ELFT> &elf) {
  ELFT::Ehdr header = elf.getHeader();
  const uint64_t segments = header.e_phnum * sizeof(ELFT::Phdr);
  SmallVector<char, 0> out(sizeof(header));
  out.append(elf.base() + header.e_phoff,
             elf.base() + header.e_phoff + segments);
  header.e_phoff = sizeof(header);
  std::vector<ELFT::Shdr> placed;
  for (uint32_t index : kept) {
    ELFT::Shdr section = headers[index];
    StringRef contents;
    if (index == symbolTable)
      contents = StringRef(symbols.data(), symbols.size());
    else if (index && index == versionTable)
      contents = StringRef(versions.data(), versions.size());
    else if (index)
      contents = file.getBuffer().substr(section.sh_offset, section.sh_size);
    out.resize(alignTo(out.size(), 8));
    section.sh_offset = out.size();
    section.sh_size = contents.size();
    out.append(contents.begin(), contents.end());
    section.sh_name = 0;
    if (index == symbolTable)
      section.sh_info = 1;
    section.sh_link = find(kept, section.sh_link) - kept.begin();
    placed.push_back(section);
  }
  out.resize(alignTo(out.size(), 8));
  header.e_shoff = out.size();
  header.e_shnum = placed.size();
  header.e_shstrndx = 0;
  for (const ELFT::Shdr &section : placed)
    append(out, section);
  std::memcpy(out.data(), &header, sizeof(header));
  return std::make_unique<SmallVectorMemoryBuffer>(
      std::move(out), file.getBufferIdentifier(),
      /*RequiresNullTerminator=*/false);
}

Expected<std::unique_ptr<MemoryBuffer>> Trimmer::run() {
  auto elf = object::ELFFile<ELFT>::create(file.getBuffer());
  if (!elf)
    return elf.takeError();
  auto sections = elf->sections();
  auto segments = elf->program_headers();
  if (!sections || !segments)
    return joinErrors(sections.takeError(), segments.takeError());
  headers = {sections->begin(), sections->end()};
  for (auto [index, section] : enumerate(headers)) {
    if (section.sh_type == SHT_DYNSYM)
      symbolTable = index;
    else if (section.sh_type == SHT_GNU_versym)
      versionTable = index;
    else if (!is_contained({SHT_DYNAMIC, SHT_GNU_verdef, SHT_GNU_verneed},
                           uint32_t(section.sh_type)))
      continue;
    auto contents = elf->getSectionContents(section);
    if (!contents)
      return contents.takeError();
    kept.push_back(index);
  }
  if (!symbolTable || headers[symbolTable].sh_link >= headers.size())
    return createStringError("no dynamic symbols");
  if (Error e = chooseSymbols(*elf))
    return e;
  for (uint32_t index : std::vector(kept))
    if (const uint32_t link = headers[index].sh_link;
        link < headers.size() && !is_contained(kept, link))
      kept.push_back(link);
  return layOut(*elf);
}

std::unique_ptr<MemoryBuffer> trimLibrary(MemoryBufferRef file,
                                          const StringSet<> &names) {
  // What is small is read in no time.
  constexpr size_t worthIt = 1 << 16;
  const Bytes bytes = arrayRefFromStringRef(file.getBuffer());
  if (bytes.size() < worthIt || bytes[EI_CLASS] != ELFCLASS64 ||
      bytes[EI_DATA] != ELFDATA2LSB)
    return nullptr;
  auto out = Trimmer(file, names).run();
  if (out)
    return std::move(*out);
  consumeError(out.takeError());
  return nullptr;
}

} // namespace objprelink
