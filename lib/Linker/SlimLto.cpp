#include "Linker/SlimLto.h"
#include "Archive/Archive.h"
#include "ELF/Classify.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static constexpr StringLiteral kMark("__gnu_lto_slim");

static Error refuse(StringRef file) {
  return error("{0}: a slim LTO object of GCC has no machine code, and only "
               "GCC's plugin for GNU ld or gold can make it: compile with "
               "-ffat-lto-objects or without -flto",
               file);
}

/// Whether an object or what is made of it defines the mark, a common symbol.
/// Nothing is known of a file without .symtab that does not export it.
template <class ELFT> static std::optional<bool> hasMark(Bytes output) {
  Expected<object::ELFFile<ELFT>> file =
      object::ELFFile<ELFT>::create(toStringRef(output));
  if (!file) {
    consumeError(file.takeError());
    return std::nullopt;
  }
  auto sections = file->sections();
  if (!sections) {
    consumeError(sections.takeError());
    return std::nullopt;
  }
  std::optional<bool> found;
  for (const auto &section : *sections) {
    if (section.sh_type != SHT_SYMTAB && section.sh_type != SHT_DYNSYM)
      continue;
    if (section.sh_type == SHT_SYMTAB)
      found = false;
    auto symbols = file->symbols(&section);
    auto names = file->getStringTableForSymtab(section);
    if (!symbols || !names) {
      consumeError(symbols.takeError());
      consumeError(names.takeError());
      continue;
    }
    for (const auto &symbol : *symbols) {
      if (symbol.st_size != 1 || symbol.getType() != STT_OBJECT ||
          symbol.st_shndx == SHN_UNDEF)
        continue;
      Expected<StringRef> name = symbol.getName(*names);
      if (name && *name == kMark)
        return true;
      consumeError(name.takeError());
    }
  }
  return found;
}

static std::optional<bool> hasMark(Bytes bytes) {
  if (bytes.size() < EI_NIDENT || !toStringRef(bytes).starts_with(ElfMagic) ||
      bytes[EI_DATA] != ELFDATA2LSB)
    return false;
  return bytes[EI_CLASS] == ELFCLASS64 ? hasMark<object::ELF64LE>(bytes)
                                       : hasMark<object::ELF32LE>(bytes);
}

static bool isSlim(Bytes bytes) {
  return hasMark(bytes).value_or(false);
}

/// Errors of reading are LLD's to report.
static Error checkFile(StringRef path) {
  Expected<InputFile> file = InputFile::open(path);
  if (!file) {
    consumeError(file.takeError());
    return Error::success();
  }
  const Bytes bytes = file->bytes();
  if (isSlim(bytes))
    return refuse(path);
  if (classify(bytes).kind != FileKind::Archive)
    return Error::success();
  Expected<Archive> archive = readArchive(bytes);
  if (!archive) {
    consumeError(archive.takeError());
    return Error::success();
  }
  for (const Member &member : archive->members)
    if (member.kind == MemberKind::File && isSlim(archive->contents(member)))
      return refuse((path + "(" + member.name + ")").str());
  return Error::success();
}

Error findSlimLto(const LldArguments &arguments) {
  for (StringRef path : arguments.files)
    if (path != "-")
      if (Error e = checkFile(path))
        return e;
  for (StringRef library : arguments.libraries)
    for (StringRef folder : arguments.libraryPaths) {
      SmallString<256> path = folder;
      sys::path::append(path, "lib" + library + ".a");
      if (sys::fs::exists(path))
        if (Error e = checkFile(path))
          return e;
    }
  return Error::success();
}

Error checkSlimLto(Bytes output, const LldArguments &arguments) {
  if (classify(output).kind == FileKind::Object)
    return Error::success();
  const std::optional<bool> found = hasMark(output);
  if (found && !*found)
    return Error::success();
  if (Error e = findSlimLto(arguments))
    return e;
  return found && *found ? refuse("an input") : Error::success();
}

} // namespace objprelink
