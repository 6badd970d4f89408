//===- ProcessAddresses.cpp - which files are where they ask to be --------===//

#include "Process/MappedFile.h"
#include "Report/Addresses.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// What the program headers of the file \p path ask for, whole pages. Anything
/// may be in the file, and it may change meanwhile.
template <class ELFT>
static std::optional<AddressRange> readWish(const std::string &path,
                                            StringRef head) {
  using Ehdr = typename ELFT::Ehdr;
  using Phdr = typename ELFT::Phdr;
  if (head.size() < sizeof(Ehdr))
    return std::nullopt;
  const Ehdr &header = *reinterpret_cast<const Ehdr *>(head.data());
  if (header.e_type != ET_DYN || header.e_phentsize != sizeof(Phdr))
    return std::nullopt;
  const uint64_t size = header.e_phnum * sizeof(Phdr);
  const std::unique_ptr<MemoryBuffer> table =
      readCopy(path, header.e_phoff, size);
  if (!table || table->getBufferSize() < size)
    return std::nullopt;
  std::optional<uint64_t> begin;
  uint64_t end = 0;
  for (const Phdr &segment :
       ArrayRef(reinterpret_cast<const Phdr *>(table->getBufferStart()),
                header.e_phnum))
    if (segment.p_type == PT_LOAD) {
      if (!begin)
        begin = alignDown(uint64_t(segment.p_vaddr), kPageSize);
      end = alignTo(uint64_t(segment.p_vaddr) + segment.p_memsz, kPageSize);
    }
  if (!begin || !*begin || end <= *begin)
    return std::nullopt;
  return AddressRange{*begin, end - *begin};
}

static std::optional<AddressRange> wishOf(const std::string &path) {
  const std::unique_ptr<MemoryBuffer> head =
      readCopy(path, 0, sizeof(Elf64_Ehdr));
  if (!head || head->getBufferSize() < EI_NIDENT ||
      !head->getBuffer().starts_with("\x7f"
                                     "ELF") ||
      head->getBuffer()[EI_DATA] != ELFDATA2LSB)
    return std::nullopt;
  return head->getBuffer()[EI_CLASS] == ELFCLASS64
             ? readWish<object::ELF64LE>(path, head->getBuffer())
             : readWish<object::ELF32LE>(path, head->getBuffer());
}

/// The file that is mapped in \p range; empty is none.
static std::string holderOf(const AddressRange &range,
                            ArrayRef<FileMapping> mappings) {
  for (const FileMapping &mapping : mappings)
    if (mapping.start < range.end() && range.address < mapping.end)
      return mapping.path;
  return "";
}

void addAddresses(uint64_t pid, ArrayRef<FileMapping> mappings,
                  Document &document) {
  Table table = {"addresses",
                 "Files that ask for an address",
                 {{"library", "file"},
                  {"wanted", "asks for", Unit::Address},
                  {"begin", "is at", Unit::Address},
                  {"holder", "what is there now"}},
                 {},
                 {},
                 false};
  uint64_t there = 0;
  for (const FileMapping &mapping : mappings) {
    if (mapping.offset)
      continue;
    const std::optional<AddressRange> wish = wishOf(pathOfMapped(pid, mapping));
    if (!wish)
      continue;
    const bool isThere = mapping.start == wish->address;
    there += isThere;
    const std::string holder = isThere ? "" : holderOf(*wish, mappings);
    table.addRow({mapping.path, wish->address, mapping.start,
                  isThere          ? Value("itself")
                  : holder.empty() ? Value("no file")
                                   : Value(holder)});
  }
  const uint64_t all = table.rows.size();
  document.addFact("with_address", "files that ask for an address", all,
                   Unit::Count);
  document.addFact("at_address", "of these, at their address", there,
                   Unit::Count);
  if (all)
    document.tables.push_back(std::move(table));
}

} // namespace objprelink
