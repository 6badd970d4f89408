#include "ELF/Classify.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static Classification foreign(const Twine &reason) {
  Classification out;
  out.reason = reason.str();
  return out;
}

static Classification archive(bool isThin) {
  Classification out;
  out.kind = isThin ? FileKind::ThinArchive : FileKind::Archive;
  return out;
}

static Classification classifyELF(Bytes bytes) {
  // e_type and e_machine stand at the same place in both classes.
  constexpr size_t typeOffset = 16, machineOffset = 18;
  if (bytes.size() < machineOffset + 2)
    return foreign(formatv("truncated ELF header: {0} bytes", bytes.size()));
  const uint8_t elfClass = bytes[EI_CLASS];
  if (elfClass != ELFCLASS32 && elfClass != ELFCLASS64)
    return foreign(formatv("unknown ELF class {0}", elfClass));
  if (bytes[EI_DATA] == ELFDATA2MSB)
    return foreign("a big-endian ELF file is not supported");
  if (bytes[EI_DATA] != ELFDATA2LSB)
    return foreign(formatv("unknown ELF data encoding {0}", bytes[EI_DATA]));

  const uint16_t type = support::endian::read16le(&bytes[typeOffset]);
  const uint16_t machine = support::endian::read16le(&bytes[machineOffset]);
  if (machine == EM_X86_64 && elfClass == ELFCLASS32)
    return foreign("an x32 ELF file is not supported");
  const auto of = [&](FileKind kind, StringRef reason = "") {
    return Classification{kind, reason.str(), elfClass == ELFCLASS64,
                          bytes[EI_OSABI], machine};
  };
  if (type == ET_REL)
    return of(FileKind::Object);
  if (type == ET_DYN)
    return of(FileKind::Image);
  if (type == ET_EXEC)
    return of(FileKind::Executable, "an executable at fixed addresses: its "
                                    "vtables cost the loader nothing");
  return foreign(formatv("ELF type {0} is not supported", type));
}

Classification classify(Bytes bytes) {
  if (bytes.empty())
    return foreign("the file is empty");
  switch (identify_magic(toStringRef(bytes))) {
  case file_magic::archive:
    return archive(toStringRef(bytes).starts_with("!<thin>\n"));
  case file_magic::bitcode:
    return foreign("LLVM bitcode has no vtable slots yet: rewrite what the "
                   "link-time optimizer makes of it");
  default:
    break;
  }
  if (toStringRef(bytes).starts_with(ElfMagic))
    return classifyELF(bytes);
  return foreign("not an ELF object or an archive");
}

} // namespace objprelink
