//===- MappedFilesTest.cpp - what is given back to the kernel -------------===//

#include "Support/MappedFiles.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace objprelink;

/// How much of the mapping that has \p contents the process has, in kB.
static unsigned residentSize(StringRef contents) {
  const auto buffer = cantFail(
      errorOrToExpected(MemoryBuffer::getFileAsStream("/proc/self/smaps")));
  const std::string begin =
      utohexstr(reinterpret_cast<uintptr_t>(contents.data()),
                /*LowerCase=*/true) +
      "-";
  const StringRef size = buffer->getBuffer()
                             .split("\n" + begin)
                             .second.split("\nRss:")
                             .second.split("kB")
                             .first;
  unsigned value = 0;
  EXPECT_TRUE(to_integer(size.trim(), value));
  return value;
}

TEST(MappedFiles, AreReleased) {
  SmallString<128> path;
  int fd;
  ASSERT_FALSE(sys::fs::createTemporaryFile("input", "o", fd, path));
  const FileRemover remover(path);
  const std::string text(1 << 20, 'x');
  raw_fd_ostream(fd, /*shouldClose=*/true) << text;
  const auto input = cantFail(errorOrToExpected(MemoryBuffer::getFile(
      path, /*IsText=*/false, /*RequiresNullTerminator=*/false)));
  EXPECT_EQ(input->getBuffer(), text);
  EXPECT_EQ(residentSize(input->getBuffer()), 1024u);

  MappedFiles files;
  files.add(*input);
  files.release();
  EXPECT_EQ(residentSize(input->getBuffer()), 0u);
  EXPECT_EQ(input->getBuffer(), text);
}

TEST(MappedFiles, LeaveOtherBuffers) {
  const auto input = MemoryBuffer::getMemBufferCopy(std::string(1 << 20, 'x'));
  MappedFiles files;
  files.add(*input);
  files.release();
  EXPECT_EQ(input->getBuffer(), std::string(1 << 20, 'x'));
}
