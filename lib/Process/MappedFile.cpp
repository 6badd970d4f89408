#include "Process/MappedFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace objprelink {

/// Whether \p path leads to the regular file \p inode.
static bool isSame(const Twine &path, uint64_t inode) {
  sys::fs::file_status status;
  return !sys::fs::status(path, status) &&
         status.type() == sys::fs::file_type::regular_file &&
         status.getUniqueID().getFile() == inode;
}

std::string pathOfMapped(uint64_t pid, const FileMapping &mapping) {
  const std::string folder = "/proc/" + utostr(pid);
  std::string plain;
  for (StringRef rest = mapping.path; !rest.empty();)
    if (rest.consume_front("\\012")) {
      plain += '\n';
    } else {
      plain += rest.front();
      rest = rest.drop_front();
    }
  for (const std::string &path :
       {formatv("{0}/map_files/{1:x-}-{2:x-}", folder, mapping.start,
                mapping.end)
            .str(),
        folder + "/root" + mapping.path, folder + "/root" + plain})
    if (isSame(path, mapping.inode))
      return path;
  return "";
}

std::unique_ptr<MemoryBuffer> readCopy(const std::string &path, uint64_t offset,
                                       std::optional<uint64_t> size) {
  if (path.empty())
    return nullptr;
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      size ? MemoryBuffer::getFileSlice(path, *size, offset,
                                        /*IsVolatile=*/true)
           : MemoryBuffer::getFile(path, /*IsText=*/false,
                                   /*RequiresNullTerminator=*/false,
                                   /*IsVolatile=*/true);
  return buffer ? std::move(*buffer) : nullptr;
}

} // namespace objprelink
