//===- Suggest.h - what a wrong word may have been --------------*- C++ -*-===//

#ifndef OBJPRELINK_SUPPORT_SUGGEST_H
#define OBJPRELINK_SUPPORT_SUGGEST_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace objprelink {

/// The word of \p words that \p word is most like, empty where none is.
std::string nearest(llvm::StringRef word, llvm::ArrayRef<std::string> words);

/// The end of a message that \p word is none of \p words:
/// "; did you mean csv? It can be text, json, csv, html".
std::string suggest(llvm::StringRef word, llvm::ArrayRef<std::string> words);

} // namespace objprelink

#endif
