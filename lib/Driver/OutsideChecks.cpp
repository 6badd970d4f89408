#include "Driver/OutsideChecks.h"
#include "Support/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include <sys/xattr.h>

using namespace llvm;

namespace objprelink {

/// The names that the checksum of a library called \p name may have, and whose
/// it then is.
static std::vector<std::pair<std::string, StringRef>>
checksums(StringRef name) {
  std::vector<std::pair<std::string, StringRef>> out;
  if (StringRef stem = name; stem.consume_back(".so"))
    out.emplace_back((stem + ".chk").str(), "NSS");
  for (StringRef form :
       {".{0}.hmac", "{0}.hmac", "fipscheck/{0}.hmac", "hmaccalc/{0}.hmac"})
    out.emplace_back(formatv(form.data(), name).str(), "FIPS");
  return out;
}

/// Checksums have the name by which a library is loaded, which may be that of a
/// link, and lie where either is.
static Error checkBeside(ArrayRef<StringRef> paths, StringRef soname) {
  for (StringRef path : paths)
    for (StringRef other : paths)
      for (StringRef name : {sys::path::filename(other), soname})
        for (const auto &[form, owner] : checksums(name)) {
          SmallString<256> file = sys::path::parent_path(path);
          sys::path::append(file, form);
          if (!name.empty() && sys::fs::is_regular_file(file))
            return error("{0}: a checksum of the image ({1}): it is not "
                         "rewritten",
                         file, owner);
        }
  return Error::success();
}

/// Of an attribute "security.ima" the first byte tells a hash, which the kernel
/// renews by itself, from a signature (enum evm_ima_xattr_type in Linux's
/// security/integrity/integrity.h).
static Error checkAttributes(int fd) {
  constexpr uint8_t kSignature = 3, kVeritySignature = 6;
  uint8_t value[4096];
  const ssize_t size = ::fgetxattr(fd, "security.ima", value, sizeof value);
  if (size > 0 && (value[0] == kSignature || value[0] == kVeritySignature))
    return error("attribute security.ima: a signature of the file: it is not "
                 "rewritten");
  return Error::success();
}

Error checkOutsideChecks(const InputFile &input, const Image &image,
                         StringRef target) {
  SmallVector<StringRef, 3> paths;
  if (!target.empty())
    paths.push_back(target);
  if (!input.isStdin()) {
    paths.append({input.path, input.realPath});
    if (Error e = checkAttributes(input.fd))
      return e;
  }
  const std::optional<uint64_t> soname = image.dynamicValue(ELF::DT_SONAME);
  return checkBeside(paths,
                     soname ? sys::path::filename(image.string(*soname)) : "");
}

} // namespace objprelink
