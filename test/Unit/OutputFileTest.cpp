//===- OutputFileTest.cpp - files that another thread has begun -----------===//

#include "Support/OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"
#include <csignal>
#include <sys/resource.h>

using namespace llvm;
using namespace objprelink;

namespace {
class BegunFile : public testing::Test {
protected:
  BegunFile() {
    EXPECT_FALSE(sys::fs::createUniqueDirectory("objprelink", folder));
    path = folder;
    sys::path::append(path, "file");
    for (size_t i = 0; i < old.size(); ++i)
      old[i] = i * 2654435761u >> 24;
  }
  ~BegunFile() override { sys::fs::remove_directories(folder); }

  /// What the file has that was begun with the old bytes, finished with
  /// \p contents and kept.
  std::string finish(Extents contents, Bytes source) {
    PendingFile file = cantFail(PendingFile::create(path, 0644, old.size()));
    file.begin(old);
    const ByteVector expected = contents.flatten();
    const auto check = [&](Bytes written, const Copies &) {
      EXPECT_EQ(written, Bytes(expected));
      return Error::success();
    };
    EXPECT_EQ(toString(file.fill(std::move(contents), {source}, check)), "");
    EXPECT_EQ(toString(file.keep()), "");
    return (*MemoryBuffer::getFile(path))->getBuffer().str();
  }
  size_t fileCount() const {
    std::error_code ec;
    size_t count = 0;
    for (sys::fs::directory_iterator at(folder, ec), end; at != end && !ec;
         at.increment(ec))
      ++count;
    return count;
  }

  SmallString<128> folder, path;
  ByteVector old = ByteVector(size_t(9) << 20);
};
} // namespace

TEST_F(BegunFile, HasWhatWasChangedSince) {
  Extents contents;
  const Bytes bytes(old);
  contents.append(bytes.take_front(5000000));
  contents.append(ByteVector(4096, 1));
  contents.append(bytes.drop_front(5004096));
  contents.append(ByteVector(100, 2));
  const ByteVector expected = contents.flatten();
  EXPECT_EQ(finish(std::move(contents), old), toStringRef(Bytes(expected)));
}

TEST_F(BegunFile, HasWhatHasMoved) {
  Extents contents;
  contents.append(ByteVector(4096, 1));
  contents.append(Bytes(old).take_front(5000000));
  const ByteVector expected = contents.flatten();
  EXPECT_EQ(finish(std::move(contents), old), toStringRef(Bytes(expected)));
}

TEST_F(BegunFile, HasOtherContents) {
  const ByteVector other(3000000, 7);
  Extents contents;
  contents.append(Bytes(other));
  EXPECT_EQ(finish(std::move(contents), other), toStringRef(Bytes(other)));
}

TEST_F(BegunFile, TakesThePlaceOfAnother) {
  for (AfterCrash crash : {AfterCrash::OldOrNew, AfterCrash::MayBeEmpty})
    for (const bool isFirst : {true, false}) {
      const std::string text = isFirst ? "first" : "second";
      PendingFile file = cantFail(PendingFile::create(path, 0644));
      EXPECT_EQ(toString(file.fill(arrayRefFromStringRef(text))), "");
      EXPECT_EQ(toString(file.keep(crash)), "");
      EXPECT_EQ((*MemoryBuffer::getFile(path))->getBuffer(), text);
      EXPECT_EQ(fileCount(), 1u);
    }
}

TEST_F(BegunFile, IsBegunAnew) {
  const ByteVector other(size_t(2) << 20, 7);
  PendingFile file = cantFail(PendingFile::create(path, 0644));
  file.begin(old);
  file.begin(other);
  EXPECT_EQ(toString(file.fill(other)), "");
  EXPECT_EQ(toString(file.keep()), "");
  EXPECT_EQ((*MemoryBuffer::getFile(path))->getBuffer(),
            toStringRef(Bytes(other)));
}

TEST_F(BegunFile, IsGoneIfItIsNotKept) {
  PendingFile file = cantFail(PendingFile::create(path, 0644));
  file.begin(old);
  file.discard();
  EXPECT_EQ(fileCount(), 0u);
}

TEST_F(BegunFile, TellsWhatCouldNotBeWritten) {
  PendingFile file = cantFail(PendingFile::create(path, 0644));
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit less = {old.size() / 2, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &less), 0);
  file.begin(old);
  Error e = file.fill(old);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(toString(std::move(e)), "File too large");
}
