//===- LldMap.h - LLD's map of an output that the pass rewrites -*- C++ -*-===//
//
// LLD writes the map itself, to where it was asked to, when the layout is known
// and before it opens the output: a link that fails after that leaves its map
// on purpose, and several reports may go to one file. When the output has its
// name, the rows of the map, and no other bytes, are corrected in place. So the
// file keeps its inode, its links, its mode and what other reports wrote before
// the map; LLD does not replace a map whole either. A map is corrected only if
// its name still leads to the regular file that LLD has opened. A pipe, a
// device and standard output cannot be corrected: the changed rows follow under
// a heading of their own. An error is a remark, and the map stays LLD's.
//
// Rejected: to give LLD another file or a pipe as its map and to write the
// final one afterwards. --reproduce records that file, a link that fails leaves
// no map, -M no longer wins over -Map, a pipe needs /proc, and the order of
// options, of reports and of what is printed is no longer LLD's.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_LLDMAP_H
#define OBJPRELINK_LINKER_LLDMAP_H

#include "ImageEdit/ImageEdit.h"
#include "Linker/LldArguments.h"
#include "llvm/Support/Error.h"
#include <string>
#include <sys/stat.h>

namespace objprelink {

class LldMap {
public:
  explicit LldMap(const LldArguments &known);
  LldMap(const LldMap &) = delete;
  ~LldMap();

  /// LLD has opened \p name for a report, which may be the map.
  void opened(llvm::StringRef name);
  /// Makes the map, which LLD has written, that of what \p edit makes of \p
  /// before: it is that of \p before, unless \p other is. An error leaves it as
  /// it was.
  llvm::Error correct(const Image &before, const ImageEdit &edit,
                      const std::string *other) const;

private:
  llvm::Expected<std::string> read(int fd) const;
  llvm::Error write(int fd, llvm::StringRef old, llvm::StringRef text) const;
  llvm::Error correctFile(const Image &before, const ImageEdit &edit,
                          const std::string *other) const;
  llvm::Error append(llvm::StringRef text) const;

  llvm::StringRef path;
  /// Whether it is a regular file, and what it was when LLD had opened it: the
  /// map begins where the file ended then.
  bool isFile = false;
  struct stat status;
  /// Leads to standard output, a pipe or a device; -1 is none.
  int stream = -1;
};

} // namespace objprelink

#endif
