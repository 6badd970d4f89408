//===- Redirection.h - carry out the plan of slots --------------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_REDIRECTION_H
#define OBJPRELINK_IMAGEREWRITER_REDIRECTION_H

#include "ImageEdit/ImageEdit.h"
#include "ImageEdit/ImageRelocations.h"
#include "ImageRewriter/EntryCode.h"
#include "llvm/Support/Error.h"

namespace objprelink {

class Redirection {
public:
  /// Carries \p plan out on the image of \p edit.
  Redirection(const ImagePlan &plan, ImageEdit &edit)
      : plan(plan), edit(edit), image(edit.image) {}

  /// Adds the code and its words to \p edit.
  llvm::Error measure();
  /// Gives the relocations of the image the slots and words of the plan.
  void map(ImageRelocations &relocations) const;
  /// Whether the loader has to correct addresses in the code.
  bool makesTextRelocations() const {
    return !draft.code.absolutePlaces.empty();
  }
  /// Writes the code, when everything has its place.
  void write();
  /// Sets DT_PLTGOT.
  void setGotTag();
  /// Sets what the loader must know, or must not think any longer.
  void setFlags();
  /// Adds the sections, and with \p namesCode symbols of the code.
  void describe(bool namesCode);

private:
  EntryAddresses addresses() const;
  uint64_t headerSize() const { return newGot ? 3 * image.wordSize() : 0; }
  Address inCode(uint64_t offset) const { return {code, offset}; }
  Address placeOf(const LazyWord &word) const;
  Address leadsTo(size_t function) const;
  void mapPlt(ImageRelocations &relocations) const;
  void setTextRelocations();

  const ImagePlan &plan;
  ImageEdit &edit;
  const Image &image;
  const Addition *code = nullptr;
  const Addition *words = nullptr;
  /// Whether DT_PLTGOT is a new one, before the lazy words.
  bool newGot = false;
  /// The code as it is at address 0: its size and what is where in it do not
  /// depend on the address.
  EntryCode draft;
};

} // namespace objprelink

#endif
