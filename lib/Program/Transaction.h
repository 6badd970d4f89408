//===- Transaction.h - many files of a root, all or none --------*- C++ -*-===//
//
// New contents are written beside the files first, under a name of ours. A
// journal says before that which files these are, and then, by one rename, that
// all of them are written: from there on the work is completed, by whoever
// comes next if need be, and up to there it is taken back. So at no time is
// there a file without a way to all or to nothing.
//
// Copies of the old files are not kept: a rewritten library has the way back in
// itself, and what else is written is new.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROGRAM_TRANSACTION_H
#define OBJPRELINK_PROGRAM_TRANSACTION_H

#include "Program/Places.h"
#include "llvm/ADT/ArrayRef.h"

namespace objprelink {

/// A root and what is ours in it. Paths are of the root.
class Root {
public:
  /// \p folder is absolute, without symbolic links.
  explicit Root(std::string folder) : folder(std::move(folder)) {}

  /// What is ours in a root, as root's own machine has it.
  static constexpr llvm::StringLiteral kFolder = "/var/lib/objprelink";
  /// The journal and the manifest.
  static constexpr llvm::StringLiteral kImageFolder =
      "/var/lib/objprelink/image";

  /// Where this process finds \p path, which need not be there. Symbolic links
  /// stay in the root.
  std::string host(llvm::StringRef path) const;

  const std::string folder;
};

class Transaction {
public:
  /// Waits until nobody else is at work in \p root, and completes or takes back
  /// what somebody has left who was killed, which \p said tells.
  static llvm::Expected<Transaction> begin(const Root &root, std::string &said);
  Transaction(Transaction &&other)
      : folders(std::move(other.folders)),
        root(std::exchange(other.root, nullptr)), lock(std::move(other.lock)),
        isPrepared(std::exchange(other.isPrepared, false)),
        leftToNext(other.leftToNext), written(std::move(other.written)),
        removed(std::move(other.removed)) {}
  Transaction &operator=(Transaction &&) = delete;
  /// Takes back what has not been committed, and removes folders that were made
  /// and are empty.
  ~Transaction();

  /// Says that the files \p written will be written, and \p removed removed.
  /// Folders for them are made.
  llvm::Error prepare(std::vector<std::string> written,
                      std::vector<std::string> removed);
  /// Where the new contents of \p path are to be written, for this process.
  std::string temporaryOf(llvm::StringRef path) const;
  /// \p path stays as it is after all.
  void leave(llvm::StringRef path);
  /// Does all of it. After an error that comes when all is written, the next
  /// begin() does the rest, and this one can do nothing more.
  llvm::Error commit();
  bool isLeftToNext() const { return leftToNext; }

  /// Takes back what has been prepared and not been committed.
  llvm::Error abandon();

  /// Folders that were made, by this or by an earlier one, but for our own.
  std::vector<std::string> folders;

private:
  Transaction(const Root &root, FolderLock lock)
      : root(&root), lock(std::move(lock)) {}
  llvm::Error writeJournal(llvm::StringRef state) const;
  llvm::Error recover(std::string &said);
  llvm::Error perform();
  llvm::Error takeBack();

  const Root *root;
  FolderLock lock;
  bool isPrepared = false, leftToNext = false;
  std::vector<std::string> written, removed;
};

/// Has what is in the file, or folder, at \p path written to the disk.
llvm::Error syncFile(const std::string &path);

} // namespace objprelink

#endif
