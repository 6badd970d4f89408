//===- ImageManifest.h - what was done to a root ----------------*- C++ -*-===//
//
// A list of files for people who build images, and for "undo": which libraries
// were rewritten, how, with the hashes of both contents, which were left and
// why, and what was added. The same root gives the same list: there is no time
// in it, and no path of this machine.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROGRAM_IMAGEMANIFEST_H
#define OBJPRELINK_PROGRAM_IMAGEMANIFEST_H

#include "Program/Transaction.h"

namespace objprelink {

/// A library that was rewritten.
struct RewrittenLibrary {
  std::string path;
  /// SHA-256, in hexadecimal digits, and sizes.
  std::string before, after;
  uint64_t sizeBefore = 0, sizeAfter = 0;
  /// "relays" or "lazy entries".
  std::string how;
  /// Options of the rewrite that are more than the default.
  std::vector<std::string> options;
  uint64_t slots = 0, functions = 0;
  /// Look-ups before main that it has by prediction.
  uint64_t lookUpsBefore = 0, lookUpsAfter = 0;
};

struct LeftLibrary {
  std::string path;
  std::string reason;
};

/// A program of the root that starts by a table.
struct ImageProgram {
  std::string name;
  std::string program;
  /// Why there is no table; empty if there is.
  std::string noTable;
  uint64_t objects = 0, bound = 0, tableBytes = 0;
};

struct AddedFile {
  std::string path;
  std::string hash;
};

struct ImageManifest {
  std::vector<ImageProgram> programs;
  std::vector<RewrittenLibrary> libraries;
  std::vector<LeftLibrary> left;
  std::vector<AddedFile> files;
  /// What the user has allowed to be given up, in a line each.
  std::vector<std::string> givenUp;
  /// The uppermost first.
  std::vector<std::string> folders;

  static constexpr llvm::StringLiteral kPath =
      "/var/lib/objprelink/image/manifest.json";
};

std::string printManifest(const ImageManifest &manifest);

/// The manifest of \p root; an empty one if nothing was done there.
llvm::Expected<ImageManifest> readManifest(const Root &root);

/// The SHA-256 of the file at \p path of this machine, in hexadecimal digits.
llvm::Expected<std::string> hashFile(const std::string &path);

} // namespace objprelink

#endif
