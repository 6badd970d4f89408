//===- DlopenNotes.h - what a library says it may open ----------*- C++ -*-===//

#ifndef OBJPRELINK_LOADER_DLOPENNOTES_H
#define OBJPRELINK_LOADER_DLOPENNOTES_H

#include "ELF/Image.h"

namespace objprelink {

/// One feature of .note.dlopen (systemd.io, "ELF dlopen() metadata"): libraries
/// of which the first that is there is opened when the feature is used.
struct DlopenNote {
  std::vector<std::string> sonames;
};

/// The notes of \p image; broken ones are as if they were not there.
std::vector<DlopenNote> readDlopenNotes(const Image &image);

} // namespace objprelink

#endif
