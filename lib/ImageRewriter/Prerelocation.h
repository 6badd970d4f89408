//===- Prerelocation.h - have an image ask for an address -------*- C++ -*-===//
//
// The words that hold addresses of the image get those of its own place. On
// machines whose ld.so would write to them all the same they are no longer in
// its tables: they are in one that code of the image applies, where it has to.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEREWRITER_PRERELOCATION_H
#define OBJPRELINK_IMAGEREWRITER_PRERELOCATION_H

#include "ImageEdit/ImageEdit.h"
#include "ImageEdit/ImageRelocations.h"
#include "ImageRewriter/PrerelocationPlan.h"

namespace objprelink {

class Prerelocation {
public:
  /// Carries \p plan out on the image of \p edit; null changes nothing.
  Prerelocation(const PrerelocationPlan *plan, const ImagePlan &slots,
                ImageEdit &edit)
      : plan(plan), slots(slots), edit(edit), image(edit.image) {}

  /// Adds the code to \p edit, if there is to be any.
  void measure();
  /// Gives \p relocations, of which what can be is packed, the code, and words
  /// the addresses that they will have. It is the last to change them.
  void map(ImageRelocations &relocations);
  /// Writes the code for \p table, when everything has its place.
  void write(const AddressRange &table);
  /// Adds the section of the code.
  void describe();

private:
  ByteVector makeCode(const RelocatorAddresses &at) const;
  void addWords(ImageRelocations &relocations) const;
  void addRelocator(ImageRelocations &relocations);

  const PrerelocationPlan *const plan;
  const ImagePlan &slots;
  ImageEdit &edit;
  const Image &image;
  const Addition *code = nullptr;
  /// What the word that the code's result goes to is to hold.
  Address value;
};

} // namespace objprelink

#endif
