#include "ELF/ImageFiles.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace objprelink {

/// Whether \p path has the debug symbols of an image that were split off. It
/// looks like the image, but there is no code in it, as its sections say.
static bool isDebugFile(StringRef path) {
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(path, /*IsText=*/false,
                            /*RequiresNullTerminator=*/false);
  if (!file)
    return false;
  Expected<std::unique_ptr<object::ObjectFile>> read =
      object::ObjectFile::createELFObjectFile(**file);
  if (!read) {
    consumeError(read.takeError());
    return false;
  }
  bool found = false;
  for (const object::ELFSectionRef section :
       cast<object::ELFObjectFileBase>(**read).sections()) {
    if (!(section.getFlags() & ELF::SHF_EXECINSTR))
      continue;
    if (section.getType() != ELF::SHT_NOBITS)
      return false;
    found = true;
  }
  return found;
}

/// Whether \p path is a file of ELF that loaders load.
static bool isImage(StringRef path) {
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFileSlice(path, ELF::EI_NIDENT + 2, 0);
  if (!file)
    return false;
  const StringRef head = (*file)->getBuffer();
  return head.size() > ELF::EI_NIDENT && head.starts_with(ELF::ElfMagic) &&
         (head[ELF::EI_NIDENT] == ELF::ET_DYN ||
          head[ELF::EI_NIDENT] == ELF::ET_EXEC) &&
         !isDebugFile(path);
}

Error addImages(StringRef folder, std::vector<std::string> &out) {
  std::error_code ec;
  std::vector<std::string> found;
  for (sys::fs::recursive_directory_iterator
           it(folder, ec, /*follow_symlinks=*/false),
       end;
       it != end && !ec; it.increment(ec))
    if (it->type() == sys::fs::file_type::regular_file && isImage(it->path()))
      found.push_back(it->path());
  if (ec)
    return error("{0}: {1}", folder, ec.message());
  llvm::sort(found);
  append_range(out, found);
  return Error::success();
}

} // namespace objprelink
