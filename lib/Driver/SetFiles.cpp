//===- SetFiles.cpp - the files of a set ----------------------------------===//
//
// A folder is searched to its end, as prelink did: plugins are in folders below
// that of the libraries. Symbolic links in it are not followed. Most lead to a
// file beside them, and a file outside of the folder was not named by anybody.
//
//===----------------------------------------------------------------------===//

#include "Driver/SetFiles.h"
#include "ELF/Classify.h"
#include "ELF/ImageFiles.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/StringSaver.h"

using namespace llvm;

namespace objprelink {

static Expected<std::vector<std::string>> linesOf(StringRef text) {
  std::vector<std::string> out;
  for (StringRef line : split(text, '\n')) {
    line.consume_back("\r");
    if (!line.trim().empty() && !line.starts_with("#"))
      out.push_back(line.str());
  }
  return out;
}

static std::vector<std::string> wordsOf(StringRef text) {
  BumpPtrAllocator allocator;
  StringSaver saver(allocator);
  SmallVector<const char *> words;
  cl::TokenizeGNUCommandLine(text, saver, words);
  return std::vector<std::string>(words.begin(), words.end());
}

/// The names in the list, or response file, at \p path.
static Expected<std::vector<std::string>> readList(StringRef path,
                                                   bool isResponseFile) {
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFileOrSTDIN(path);
  if (!file)
    return error("{0}: {1}", path, file.getError().message());
  const StringRef text = (*file)->getBuffer();
  if (text.starts_with(ELF::ElfMagic))
    return error("{0}: an ELF file, where a folder or a list of files is due",
                 path);
  if (text.contains('\0'))
    return error("{0}: no list of files: it has zero bytes", path);
  return isResponseFile ? wordsOf(text) : linesOf(text);
}

Expected<std::vector<std::string>> filesOfSet(StringRef name) {
  std::vector<std::string> names = {name.str()};
  if (!sys::fs::is_directory(name)) {
    const bool isResponseFile = name.consume_front("@");
    Expected<std::vector<std::string>> listed = readList(name, isResponseFile);
    if (!listed)
      return listed.takeError();
    names = std::move(*listed);
  }
  std::vector<std::string> out;
  for (const std::string &each : names) {
    if (!sys::fs::is_directory(each))
      out.push_back(each);
    else if (Error e = addImages(each, out))
      return e;
  }
  if (out.empty())
    return error("{0}: no images in this set", name);
  return out;
}

bool isAtFixedAddresses(StringRef path) {
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFileSlice(path, 64, 0);
  return file && classify(arrayRefFromStringRef((*file)->getBuffer())).kind ==
                     FileKind::Executable;
}

std::vector<std::string> withoutTwins(ArrayRef<std::string> files) {
  std::vector<std::string> out;
  StringSet<> seen;
  for (const std::string &file : files) {
    SmallString<256> real;
    if (sys::fs::real_path(file, real))
      real = file;
    if (seen.insert(real).second)
      out.push_back(file);
  }
  return out;
}

} // namespace objprelink
