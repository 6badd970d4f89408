//===- MapFile.h - the map of a rewritten output ----------------*- C++ -*-===//

#ifndef OBJPRELINK_LINKER_MAPFILE_H
#define OBJPRELINK_LINKER_MAPFILE_H

#include "ImageEdit/ImageEdit.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace objprelink {

/// \p text, LLD's map of \p before, as the map of what \p edit makes of it:
/// sections that moved or have another size, and what was added. What is no map
/// of LLD's is returned as it is.
std::string correctMapText(llvm::StringRef text, const Image &before,
                           const ImageEdit &edit);

/// What correctMapText() would change, to stand behind a map that cannot be
/// changed any more: the rows of sections that moved or have another size, and
/// of what was added. All of it, if the map was that of another link and \p
/// other is that of \p before.
std::string listMapChanges(const Image &before, const ImageEdit &edit,
                           const std::string *other);

/// Whether \p text begins as LLD's maps do.
bool isMapText(llvm::StringRef text);

} // namespace objprelink

#endif
