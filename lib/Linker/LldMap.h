//===- LldMap.h - the map, between LLD and its file -------------*- C++ -*-===//
//
// LLD writes the map before the output, over the file that was there, and ends
// the program without a name if the disk is full. So it is given a pipe as the
// file of -Map. What comes through it waits until it is known what the pass has
// changed, and is then written whole or not at all.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_LLDMAP_H
#define OBJPRELINK_LINKER_LLDMAP_H

#include "ELF/ImageEdit.h"
#include "Linker/LldArguments.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include <string>
#include <thread>

namespace objprelink {

class LldMap {
public:
  LldMap() = default;
  LldMap(const LldMap &) = delete;
  ~LldMap() { end(); }

  /// Where \p known says that there will be a map, LLD's \p arguments lead it
  /// here.
  llvm::Error begin(llvm::SmallVectorImpl<const char *> &arguments,
                    const LldArguments &known);
  /// LLD has written the map of \p before; now it is to be that of \p edit.
  void correct(const Image &before, const ImageEdit &edit);
  /// Gives what LLD has written, if it has, to whom it was meant for.
  llvm::Error deliver();

private:
  void end();

  std::string path;
  std::string option;
  int writeEnd = -1;
  /// What has come so far; and errno, if no more could be read.
  std::string text;
  int failure = 0;
  std::thread reader;
};

} // namespace objprelink

#endif
