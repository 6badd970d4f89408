//===- Json.h - JSON that may be anybody's ----------------------*- C++ -*-===//

#ifndef OBJPRELINK_SUPPORT_JSON_H
#define OBJPRELINK_SUPPORT_JSON_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace objprelink {

/// How deep arrays and objects may be in each other: LLVM's parser recurses
/// without a limit.
inline constexpr unsigned kDeepestJson = 16;

/// Parses \p text of no more than \p largest bytes.
llvm::Expected<llvm::json::Value> parseJson(llvm::StringRef text,
                                            size_t largest);

} // namespace objprelink

#endif
