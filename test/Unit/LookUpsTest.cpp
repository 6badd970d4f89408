#include "Loader/ResolvedClosure.h"
#include "TinyImage.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace objprelink;

/// Writes a library that names a function, and returns the request for it.
static ClosureRequest writeTiny(int fd, StringRef path) {
  raw_fd_ostream file(fd, /*shouldClose=*/true);
  TinyImage<object::ELF64LE> tiny;
  auto *symbols = reinterpret_cast<object::ELF64LE::Sym *>(
      tiny.at(tiny.offsetOf(ELF::DT_SYMTAB)));
  symbols[1].setBindingAndType(ELF::STB_GLOBAL, ELF::STT_FUNC);
  file << toStringRef(Bytes(tiny.bytes));
  ClosureRequest request;
  request.program = path.str();
  return request;
}

// Long names in one chain of a hash table are hostile: each look-up compares
// with them all. The limit is what this one costs.
TEST(LookUps, EndAtALimit) {
  SmallString<64> path;
  int fd;
  ASSERT_FALSE(sys::fs::createTemporaryFile("look-ups", "so", fd, path));
  const FileRemover remover(path);
  const Closure closure = cantFail(loadClosure(writeTiny(fd, path)));
  ASSERT_EQ(closure.libraries.size(), 1u);
  std::vector<SymbolTable> tables;
  tables.emplace_back(closure.libraries[0].image);
  const auto isTooSlow = [&](uint64_t mostWork) {
    return Providers::find(closure, tables, mostWork).isTooSlow(0);
  };
  EXPECT_FALSE(isTooSlow(8));
  EXPECT_TRUE(isTooSlow(0));
}

// The tables refer to the images, so they must be right behind a move.
TEST(LookUps, AreOfTheClosureThatIsMoved) {
  SmallString<64> path;
  int fd;
  ASSERT_FALSE(sys::fs::createTemporaryFile("look-ups", "so", fd, path));
  const FileRemover remover(path);
  ResolvedClosure first = cantFail(resolveClosure(writeTiny(fd, path)));
  const ResolvedClosure closure = std::move(first);
  ASSERT_EQ(closure.libraries.size(), 1u);
  ASSERT_EQ(closure.tables.size(), 1u);
  const Image &image = closure.libraries[0].image;
  EXPECT_EQ(closure.tables[0].versionOf(image.symbols[1]), "V1");
  EXPECT_EQ(closure.providers.at(0, 1, LookupClass::Plt).depth, 1u);
}
