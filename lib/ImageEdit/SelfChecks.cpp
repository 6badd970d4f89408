#include "ImageEdit/SelfChecks.h"
#include "ELF/StaticSymbols.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
/// What a checksum or signature is known by, and whose it is.
struct Mark {
  StringRef name;
  StringRef owner;
};
} // namespace

/// A part of a symbol's name: builds with a prefix put something before it.
static constexpr Mark kSymbols[] = {
    {"BORINGSSL_bcm_text_hash", "the FIPS module of BoringSSL or AWS-LC"},
    {"FIPS_incore_fingerprint", "the FIPS module of OpenSSL 1"},
    {"wolfCrypt_FIPS_first", "the FIPS module of wolfSSL"},
};

/// AppImage's runtime reserves its sections, and fills them when it is signed.
static constexpr Mark kSignatureSections[] = {
    {".sha256_sig", "AppImage"}, {".sig_key", "AppImage"},
    {".text_sig", "elf-sign"},   {"signature", "bsign"},
    {".gpg", "GnuPG"},
};

/// A signature is no larger, or begins within as many bytes.
static constexpr size_t kSignatureSize = 4096;

/// Linux's modules, and programs that are signed in the same way.
static constexpr StringRef kAppendedSignature = "~Module signature appended~\n";

/// The head of libgcrypt's note, NT_FDO_INTEGRITY of FDO with 32 bytes. It is
/// in no segment: a hash of all segments cannot be in one.
static constexpr uint8_t kIntegrityNote[] = {
    4, 0, 0, 0, 32, 0, 0, 0, 0xca, 0xfe, 0x2a, 0x8e, 'F', 'D', 'O', 0};

static Error refuse(const Twine &where, StringRef what, StringRef owner) {
  return error("{0}: a {1} of the image itself ({2}): it is not rewritten",
               where.str(), what, owner);
}

static Error checkName(StringRef name) {
  for (const Mark &mark : kSymbols)
    if (name.contains(mark.name))
      return refuse("symbol '" + name + "'", "checksum", mark.owner);
  return Error::success();
}

/// Whether a name in a string table can be a mark: one search of the table
/// takes a tenth of the time of one in each name.
static bool mayHaveMarks(Bytes strings) {
  return any_of(kSymbols, [&](const Mark &mark) {
    return toStringRef(strings).contains(mark.name);
  });
}

static Error checkSymbols(const Image &image) {
  bool isProvider = false;
  const bool mayHave = mayHaveMarks(image.strings);
  for (const DynamicSymbol &symbol : image.symbols) {
    if (symbol.isUndefined())
      continue;
    if (mayHave)
      if (Error e = checkName(image.name(symbol)))
        return e;
    isProvider |= image.name(symbol) == "OSSL_provider_init";
  }
  // Of OpenSSL's providers only the one for FIPS asks its configuration for the
  // checksum of its file.
  if (isProvider && toStringRef(image.bytes).contains("module-mac"))
    return refuse("symbol 'OSSL_provider_init' and text 'module-mac'",
                  "checksum", "the FIPS provider of OpenSSL 3");
  Expected<StaticSymbols> symbols = readStaticSymbols(image);
  if (!symbols)
    return symbols.takeError();
  if (!mayHaveMarks(symbols->names))
    return Error::success();
  for (const Symbol symbol : symbols->symbols())
    if (!symbol.isUndefined())
      if (Error e = checkName(symbols->name(symbol)))
        return e;
  return Error::success();
}

static Error checkSections(const Image &image) {
  for (auto [i, section] : enumerate(image.sections)) {
    if (!section.hasBytes() || !section.size)
      continue;
    const Bytes bytes = image.bytes.slice(section.offset, section.size);
    if (section.type == SHT_NOTE &&
        bytes.take_front(sizeof kIntegrityNote) == Bytes(kIntegrityNote))
      return refuse(image.describe(i), "checksum", "libgcrypt");
    const auto *mark = find_if(kSignatureSections, [&](const Mark &mark) {
      return image.name(section) == mark.name;
    });
    if (mark != std::end(kSignatureSections) &&
        any_of(bytes.take_front(kSignatureSize),
               [](uint8_t byte) { return byte; }))
      return refuse(image.describe(i), "signature", mark->owner);
  }
  return Error::success();
}

Error checkSelfChecks(const Image &image) {
  if (toStringRef(image.bytes).ends_with(kAppendedSignature))
    return refuse("the end of the file", "signature", "as Linux signs modules");
  if (Error e = checkSections(image))
    return e;
  return checkSymbols(image);
}

} // namespace objprelink
