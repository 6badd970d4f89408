#include "Support/Suggest.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace objprelink {

std::string nearest(StringRef word, ArrayRef<std::string> words) {
  // Of a word of three letters, one may be wrong.
  unsigned best = std::max<size_t>(1, word.size() / 3) + 1;
  std::string out;
  for (const std::string &candidate : words) {
    const unsigned distance =
        word.edit_distance(candidate, /*AllowReplacements=*/true, best);
    if (distance < best) {
      best = distance;
      out = candidate;
    }
  }
  if (!out.empty() || word.size() < 3)
    return out;
  // The beginning of one word alone.
  for (const std::string &candidate : words)
    if (StringRef(candidate).starts_with(word)) {
      if (!out.empty())
        return "";
      out = candidate;
    }
  return out;
}

std::string suggest(StringRef word, ArrayRef<std::string> words) {
  if (words.empty())
    return "";
  std::string out;
  if (const std::string like = nearest(word, words); !like.empty())
    out = "; did you mean " + like + "?";
  return out + (out.empty() ? "; it can be " : " It can be ") +
         join(words, ", ");
}

} // namespace objprelink
