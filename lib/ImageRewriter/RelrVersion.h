//===- RelrVersion.h - what DT_RELR asks of versions ------------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_RELRVERSION_H
#define OBJPRELINK_IMAGEREWRITER_RELRVERSION_H

#include "ImageEdit/AddedName.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// The version by which a libc says that it knows DT_RELR (glibc 2.36,
/// sysdeps/unix/sysv/linux; binutils and lld add it to what they pack).
inline constexpr llvm::StringLiteral kRelrVersion = "GLIBC_ABI_DT_RELR";

/// Whether \p image needs kRelrVersion already.
bool needsRelrVersion(const Image &image);

/// The need of kRelrVersion, added to those of libc.so.6.
class RelrVersion {
public:
  RelrVersion(ImageEdit &edit, References &references)
      : edit(edit), references(references) {}

  /// Adds what it needs. Refuses images that do not say which libc they are
  /// for: one that does not know DT_RELR would leave all words unrelocated.
  llvm::Error measure();
  /// Writes it, if it was measured, when everything has its place.
  void write();

private:
  ImageEdit &edit;
  References &references;
  std::optional<AddedName> name;
  /// DT_VERNEED's new table.
  ByteVector table;
  const Addition *needs = nullptr;
};

} // namespace objprelink

#endif
