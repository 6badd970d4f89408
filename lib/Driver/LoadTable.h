//===- LoadTable.h - who may be loaded with whom ----------------*- C++ -*-===//

#ifndef OBJPRELINK_DRIVER_LOADTABLE_H
#define OBJPRELINK_DRIVER_LOADTABLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include <optional>
#include <string>
#include <vector>

namespace objprelink {

/// What is known of one file of a set.
struct LoadedFile {
  std::string path;
  /// DT_SONAME, and the names of symbolic links to it beside it.
  std::vector<std::string> names;
  bool isProgram = false;
  /// The user has said that what is in the set may open it.
  bool isPlugin = false;
  /// DT_NEEDED.
  std::vector<std::string> needed;
  /// What its notes say that it opens: of each list the first that is there.
  std::vector<std::vector<std::string>> opened;
  /// The paths of what it was seen to open.
  std::vector<std::string> recorded;
};

/// A table of which files of a set may be in one process.
class LoadTable {
public:
  explicit LoadTable(std::vector<LoadedFile> files);

  llvm::ArrayRef<LoadedFile> files() const { return all; }
  bool areTogether(size_t a, size_t b) const { return rows[a].test(b); }
  /// Whether all files may be in one process.
  bool isFull() const;
  /// "opened by a, needed by b; never with c": who has file \p index loaded,
  /// and with whom it may come; and what it opens that the table does not have.
  std::string describe(size_t index) const;

private:
  using Names = llvm::SmallVector<uint32_t, 4>;
  /// What a file names, by numbers of names.
  struct Edges {
    Names needed, opened, recorded;
    /// All of it that is loaded in any case.
    Names always;
  };
  /// One of the lists of which a file opens one library.
  struct Choice {
    uint32_t opener = 0;
    Names options;
  };

  std::optional<uint32_t> idOf(llvm::StringRef name) const;
  void addNames();
  void addEdges(uint32_t index);
  void reach(llvm::ArrayRef<uint32_t> files, llvm::ArrayRef<uint32_t> names,
             const Choice *without, llvm::BitVector &out) const;
  void addWorld(uint32_t program, llvm::BitVector &known);
  std::string loadersOf(size_t index) const;
  std::string missingOf(size_t index) const;

  std::vector<LoadedFile> all;
  /// A name may be that of several files.
  llvm::StringMap<uint32_t> ids;
  std::vector<llvm::SmallVector<uint32_t, 1>> filesOfName;
  std::vector<Names> namesOfFile;
  std::vector<Edges> edges;
  /// By opener.
  std::vector<Choice> choices;
  Names plugins;
  std::vector<llvm::BitVector> rows;
};

} // namespace objprelink

#endif
