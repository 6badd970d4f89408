#include "Support/MappedFiles.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Process.h"
#include <sys/mman.h>

using namespace llvm;

namespace objprelink {

void MappedFiles::add(const MemoryBuffer &file) {
  if (file.getBufferKind() == MemoryBuffer::MemoryBuffer_MMap)
    files.push_back(file.getBuffer());
}

void MappedFiles::release() const {
  const uint64_t page = sys::Process::getPageSizeEstimate();
  for (StringRef file : files) {
    const auto begin = reinterpret_cast<uintptr_t>(file.data());
    const uintptr_t first = alignTo(begin, page),
                    end = alignDown(begin + file.size(), page);
    // Nobody can have written to them.
    if (first < end)
      (void)::madvise(reinterpret_cast<void *>(first), end - first,
                      MADV_DONTNEED);
  }
}

} // namespace objprelink
