//===- SystemImagesTest.cpp - readImage on files from outside -------------===//
//
// For utils/trials/try-read-images, which compares what this prints with
// readelf: reads each image that the file OBJPRELINK_TEST_IMAGES lists and
// prints one line of JSON for it. The hashes are those of the sorted lines of
// text that the script makes of readelf's output.
//
//===----------------------------------------------------------------------===//

#include "ELF/ImageReader.h"
#include "Support/InputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MD5.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>
#include <map>

using namespace llvm;
using namespace objprelink;

static std::string hash(std::vector<std::string> lines) {
  llvm::sort(lines);
  MD5 md5;
  for (const std::string &line : lines)
    md5.update(line + "\n");
  MD5::MD5Result result;
  md5.final(result);
  return result.digest().str().str();
}

static std::string versionSuffix(const Image &image,
                                 const DynamicSymbol &symbol) {
  const uint16_t index = symbol.versionIndex();
  if (const NeededVersion *version = image.neededVersion(index))
    return "@" + version->name.str();
  // readelf leaves it out behind a symbol that is named like its version.
  for (const DefinedVersion &version : image.definedVersions)
    if (version.index == index && index > ELF::VER_NDX_GLOBAL &&
        version.name != image.name(symbol))
      return (symbol.isHiddenVersion() || symbol.isUndefined() ? "@" : "@@") +
             version.name.str();
  return "";
}

static json::Object describe(const Image &image) {
  std::map<uint32_t, int64_t> counts;
  std::vector<std::string> relocations, places, symbols;
  for (ArrayRef<Relocation> table :
       {ArrayRef(image.relocations), ArrayRef(image.pltRelocations)})
    for (const Relocation &relocation : table) {
      ++counts[relocation.type];
      const uint64_t info = uint64_t(relocation.symbol)
                                << (image.is64 ? 32 : 8) |
                            relocation.type;
      std::string line = formatv("{0:x-} {1:x-}", relocation.offset, info);
      if (image.hasAddends)
        line += formatv(" {0}", relocation.addend).str();
      relocations.push_back(std::move(line));
    }
  for (uint64_t place : image.relrPlaces)
    places.push_back(formatv("{0:x-}", place));
  for (const DynamicSymbol &symbol : image.symbols)
    symbols.push_back(formatv("{0:x-} {1}{2}", symbol.value, image.name(symbol),
                              versionSuffix(image, symbol)));
  json::Object types;
  for (auto [type, count] : counts)
    types[std::to_string(type)] = count;
  return json::Object{{"types", std::move(types)},
                      {"relocations", hash(std::move(relocations))},
                      {"relr", int64_t(image.relrPlaces.size())},
                      {"places", hash(std::move(places))},
                      {"symbols", int64_t(image.symbols.size())},
                      {"names", hash(std::move(symbols))}};
}

TEST(SystemImages, AreRead) {
  const char *list = getenv("OBJPRELINK_TEST_IMAGES");
  if (!list)
    GTEST_SKIP() << "for utils/trials/try-read-images";
  Expected<InputFile> paths = InputFile::open(list);
  ASSERT_TRUE(bool(paths)) << toString(paths.takeError());
  for (StringRef path : split(toStringRef(paths->bytes()).trim(), '\n')) {
    Expected<InputFile> file = InputFile::open(path);
    ASSERT_TRUE(bool(file)) << toString(file.takeError());
    Expected<Image> image = readImage(file->bytes());
    json::Object line =
        image ? describe(*image)
              : json::Object{{"error", toString(image.takeError())}};
    line["path"] = path;
    outs() << formatv("{0}\n", json::Value(std::move(line)));
  }
  outs().flush(); // before gtest writes on
}
