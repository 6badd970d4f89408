#include "Support/Json.h"
#include "Support/Diagnostics.h"

using namespace llvm;

namespace objprelink {

/// Where \p text, JSON or not, nests too deeply, or npos.
static size_t findTooDeep(StringRef text) {
  unsigned depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inString && c == '\\')
      ++i;
    else if (c == '"')
      inString = !inString;
    else if (inString)
      continue;
    else if (c == '[' || c == '{') {
      if (depth++ == kDeepestJson)
        return i;
    } else if ((c == ']' || c == '}') && depth)
      --depth;
  }
  return StringRef::npos;
}

Expected<json::Value> parseJson(StringRef text, size_t largest) {
  if (text.size() > largest)
    return error("{0} bytes, where there can be {1}", text.size(), largest);
  if (const size_t place = findTooDeep(text); place != StringRef::npos)
    return error("byte {0} begins an array or object in {1} others", place,
                 kDeepestJson);
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return error("it is not JSON: {0}", toString(value.takeError()));
  return value;
}

} // namespace objprelink
