//===- Addition.h - one thing that a rewrite adds to an image ---*- C++ -*-===//
//
// Each addition to the memory of an image is one value. A pass says what the
// addition is and wishes where it should be; all additions are placed together
// (Room.h); then each one is filled, by its address, and gets the section
// header that its fields describe (ImageEdit::describe()).
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_ADDITION_H
#define OBJPRELINK_IMAGEEDIT_ADDITION_H

#include "ELF/Image.h"

namespace objprelink {

struct Addition {
  /// Of its section. Without a name it gets none, but a section of the image
  /// that it replaces follows it.
  std::string name;
  uint32_t type = llvm::ELF::SHT_PROGBITS;
  uint64_t entrySize = 0;
  /// Of size 0 is what turns out not to be needed.
  uint64_t size = 0;
  uint64_t alignment = 1;
  /// PF_R alone, or with PF_X or PF_W.
  uint32_t access = llvm::ELF::PF_R;
  /// Wanted in the page of the headers, which core dumps hold.
  bool nearHeaders = false;
  /// Not wanted where patchelf, to make room for headers of its own, moves
  /// whatever it finds: code, what code refers to, and what it does not know
  /// (DT_RELR, up to 0.17).
  bool awayFromHeaders = false;
  /// May be in a new segment of code, to save a program header.
  bool mayBeWithCode = false;
  /// Needs a program header of its own.
  bool needsHeader = false;
  /// A table of the image that moves to its beginning.
  AddressRange leads;
  /// What of the image it takes the place of.
  AddressRange replaces;
  /// Found by makeRoom(), unless it has one: where a table was.
  uint64_t address = 0;
  bool isPlaced = false;
};

/// An address of the result: in the image, or in an addition, whose own address
/// may not be known yet.
struct Address {
  const Addition *in = nullptr;
  uint64_t offset = 0;

  uint64_t value() const { return in ? in->address + offset : offset; }
};

} // namespace objprelink

#endif
