//===- YamlFile.h - ELF files that tests describe ---------------*- C++ -*-===//

#ifndef OBJPRELINK_TEST_UNIT_YAMLFILE_H
#define OBJPRELINK_TEST_UNIT_YAMLFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ObjectYAML/yaml2obj.h"
#include "llvm/Support/YAMLTraits.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>
#include <string>

namespace objprelink {

/// The file that \p description, the input of yaml2obj, is about.
inline std::string makeFile(llvm::StringRef description) {
  std::string out;
  llvm::raw_string_ostream stream(out);
  llvm::yaml::Input input(description);
  EXPECT_TRUE(
      llvm::yaml::convertYAML(input, stream, [](const llvm::Twine &message) {
        ADD_FAILURE() << message.str();
      }));
  return out;
}

} // namespace objprelink

#endif
