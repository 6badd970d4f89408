//===- ImageVerdict.h - what the verifier says of two images ----*- C++ -*-===//

#ifndef OBJPRELINK_UNIT_IMAGEVERDICT_H
#define OBJPRELINK_UNIT_IMAGEVERDICT_H

#include "ImageForms.h"
#include "ImageVerifier/VerifyImage.h"
#include "llvm/Support/GlobPattern.h"
#include <gtest/gtest.h>

namespace objprelink {

using Classes = testing::Types<llvm::object::ELF64LE, llvm::object::ELF32LE>;

inline std::string verify(Bytes before, Bytes after) {
  return toString(verifyImageFiles(before, after));
}

/// Of \p now with the right hash.
template <class ELFT> std::string verify(Forms<ELFT> old, Forms<ELFT> now) {
  ByteVector file = now.write();
  rehash(file);
  return verify(old.write(), file);
}

/// Changes \p now and expects \p message, in which "*" stands for what differs
/// between classes.
template <class ELFT, class Change>
void rejects(const Forms<ELFT> &old, Forms<ELFT> now, Change change,
             llvm::StringRef message, int line) {
  change(now);
  const std::string is = verify(old, now);
  EXPECT_TRUE(cantFail(llvm::GlobPattern::create(message)).match(is))
      << "line " << line << ": " << is
      << "\n  where this was due: " << message.str();
}
#define REJECTS(old, now, change, message)                                     \
  rejects(                                                                     \
      old, now, [&]([[maybe_unused]] auto &p) { change; }, message, __LINE__)

} // namespace objprelink

#endif
