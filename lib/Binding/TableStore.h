//===- TableStore.h - where tables are, and who may write there -*- C++ -*-===//
//
// A table is as powerful as code: anyone who can write one decides what the
// program calls. A folder of tables therefore belongs to root or to the user
// who uses it, and nobody else may write there; the launcher and the runtime
// check the same.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_BINDING_TABLESTORE_H
#define OBJPRELINK_BINDING_TABLESTORE_H

#include "Runtime/Name.h"
#include "Runtime/TableReader.h"
#include "Support/Extents.h"
#include "Support/OutputFile.h"
#include "llvm/Support/Error.h"
#include <string>

namespace objprelink {

/// The folder of this user's tables, root's for everybody; an error where the
/// environment does not tell.
llvm::Expected<std::string> defaultTableFolder();

/// The name of the table of the program at \p path, which has no symbolic
/// links.
std::string tableName(llvm::StringRef path);

/// Makes \p folder if it is not there, and refuses one that others may write.
llvm::Error prepareFolder(llvm::StringRef folder);

/// A table in memory.
class TableFile {
public:
  /// Reads and checks the table at \p path.
  static llvm::Expected<TableFile> open(llvm::StringRef path);
  /// The same with bytes that are a table or not.
  static llvm::Expected<TableFile> read(Bytes bytes);

  PreboundTable table = {};

  uint64_t size() const { return bytes.size(); }
  llvm::StringRef text(uint32_t offset) const {
    return preboundText(&table, offset);
  }
  template <class T> llvm::ArrayRef<T> entries(PreboundRange range) const {
    return {static_cast<const T *>(preboundAt(&table, range)), range.count};
  }
  /// How many words of \p object the runtime writes.
  uint64_t wordCount(const PreboundObject &object) const;
  /// Why a start would not use it now, as far as the files below \p root tell;
  /// empty is nothing.
  std::string staleness(llvm::StringRef root) const;
  /// Whether it was made for an image, without the loader.
  bool isOfImage() const { return table.header->flags & PreboundOfImage; }

private:
  /// Where the reader's pointers lead: it may be moved, but not copied.
  std::unique_ptr<ByteVector> owned;
  Bytes bytes;
};

/// How many starts of its owner the table at \p path has seen.
PreboundStarts countStarts(llvm::StringRef path);

/// Whether a start has found the table at \p path out of date.
bool isMarked(llvm::StringRef path);
/// Takes the mark away.
void removeMark(llvm::StringRef path);

/// The tables in \p folder, by name; none where it is not there.
llvm::Expected<std::vector<std::string>> listTables(llvm::StringRef folder);

} // namespace objprelink

#endif
