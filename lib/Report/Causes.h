//===- Causes.h - why a relocation is there ---------------------*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_CAUSES_H
#define OBJPRELINK_REPORT_CAUSES_H

#include "ELF/Image.h"
#include "Target/Target.h"
#include "VTable/ImageVTables.h"

namespace objprelink {

/// What the loader does a dynamic relocation for. In the order of tables.
enum class Cause : uint8_t {
  Relative,
  PackedRelative, ///< by DT_RELR
  DoneInFile,     ///< relative, for the address that the image asks for
  VTableFunction, ///< a word of a vtable that calls a function
  TypeInfo,       ///< a word that refers to typeinfo, or to its class's vtable
  Function,       ///< another word with a function's address
  Data,           ///< another word with an address
  GlobDat,
  JumpSlotEager,
  JumpSlotLazy,
  Tls,
  IRelative,
  Copy,
  Other,
};
inline constexpr unsigned kCauses = static_cast<unsigned>(Cause::Other) + 1;

/// "vtable function"
llvm::StringRef describe(Cause cause);

/// The causes of an image's relocations.
class Causes {
public:
  Causes(const Image &image, const Target &target, const ImageVTables &vtables,
         bool lazy);

  /// Of Image::relocations.
  Cause ofMain(uint32_t index) const { return main[index]; }
  /// Of one in Image::pltRelocations.
  Cause ofPlt(const Relocation &relocation) const;

private:
  Cause find(const Relocation &relocation) const;

  const Image &image;
  const Target &target;
  const bool lazy;
  std::vector<Cause> main;
};

} // namespace objprelink

#endif
