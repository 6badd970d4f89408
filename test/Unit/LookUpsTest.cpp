#include "Loader/LookUps.h"
#include "TinyImage.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace objprelink;

// Long names in one chain of a hash table are hostile: each look-up compares
// with them all. The limit is what this one costs.
TEST(LookUps, EndAtALimit) {
  SmallString<64> path;
  int fd;
  ASSERT_FALSE(sys::fs::createTemporaryFile("look-ups", "so", fd, path));
  const FileRemover remover(path);
  raw_fd_ostream file(fd, /*shouldClose=*/true);
  TinyImage<object::ELF64LE> tiny;
  auto *symbols = reinterpret_cast<object::ELF64LE::Sym *>(
      tiny.at(tiny.offsetOf(ELF::DT_SYMTAB)));
  symbols[1].setBindingAndType(ELF::STB_GLOBAL, ELF::STT_FUNC);
  file << toStringRef(Bytes(tiny.bytes));
  file.close();

  ClosureRequest request;
  request.program = path.str();
  const Closure closure = cantFail(loadClosure(request));
  ASSERT_EQ(closure.libraries.size(), 1u);
  std::vector<SymbolTable> tables;
  tables.emplace_back(closure.libraries[0].image);
  const auto isTooSlow = [&](uint64_t mostWork) {
    return Providers::find(closure, tables, mostWork).isTooSlow(0);
  };
  EXPECT_FALSE(isTooSlow(8));
  EXPECT_TRUE(isTooSlow(0));
}
