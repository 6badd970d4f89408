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

/// Whether the name at \p offset is one of C++, which most are: marks are known
/// to assembler code. \p names end in a zero byte.
static bool isMangled(Bytes names, uint64_t offset) {
  return names[offset] == '_' && names[offset + 1] == 'Z';
}

static Error checkSymbols(const Image &image) {
  bool isProvider = false;
  for (const DynamicSymbol &symbol : image.symbols) {
    if (symbol.isUndefined() || isMangled(image.strings, symbol.nameOffset))
      continue;
    const StringRef name = image.name(symbol);
    if (Error e = checkName(name))
      return e;
    isProvider |= name == "OSSL_provider_init";
  }
  // Of OpenSSL's providers only the one for FIPS asks its configuration for the
  // checksum of its file.
  if (isProvider && toStringRef(image.bytes).contains("module-mac"))
    return refuse("symbol 'OSSL_provider_init' and text 'module-mac'",
                  "checksum", "the FIPS provider of OpenSSL 3");
  Expected<StaticSymbols> symbols = readStaticSymbols(image);
  if (!symbols)
    return symbols.takeError();
  for (const Symbol symbol : symbols->symbols())
    if (!symbol.isUndefined() && !isMangled(symbols->names, symbol.nameOffset))
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
