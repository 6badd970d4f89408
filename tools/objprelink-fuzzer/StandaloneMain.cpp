//===- StandaloneMain.cpp - a fuzzer's corpus without libFuzzer -----------===//
//
// Gives files, and those in folders, to the very function that libFuzzer gives
// its inputs to. So every compiler can run a corpus as a test.
//
//===----------------------------------------------------------------------===//

#include "Support/InputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace objprelink;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/// The file \p path, or those in the folder.
static Expected<std::vector<std::string>> filesOf(StringRef path) {
  if (!sys::fs::is_directory(path))
    return std::vector<std::string>{path.str()};
  std::vector<std::string> out;
  std::error_code ec;
  for (sys::fs::directory_iterator entry(path, ec), end; entry != end && !ec;
       entry.increment(ec))
    out.push_back(entry->path());
  if (ec)
    return errorCodeToError(ec);
  llvm::sort(out);
  return out;
}

static Expected<size_t> run(StringRef path) {
  Expected<std::vector<std::string>> files = filesOf(path);
  if (!files)
    return files.takeError();
  for (const std::string &name : *files) {
    Expected<InputFile> file = InputFile::open(name);
    if (!file)
      return file.takeError();
    // A crash then says with which file.
    PrettyStackTraceFormat here("with the file %s", name.c_str());
    // A copy of the very size, so that a sanitizer sees what is past its end.
    const std::vector<uint8_t> bytes(file->bytes().begin(),
                                     file->bytes().end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  return files->size();
}

int main(int argc, char **argv) {
  sys::PrintStackTraceOnErrorSignal(argv[0]);
  if (argc < 2) {
    errs() << "usage: " << argv[0] << " FILE|FOLDER...\n";
    return 2;
  }
  size_t count = 0;
  for (const char *path : ArrayRef(argv + 1, argc - 1)) {
    Expected<size_t> files = run(path);
    if (!files) {
      errs() << argv[0] << ": error: " << path << ": "
             << toString(files.takeError()) << "\n";
      return 1;
    }
    count += *files;
  }
  outs() << count << " inputs\n";
  return 0;
}
