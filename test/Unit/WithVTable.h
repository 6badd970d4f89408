//===- WithVTable.h - an image whose slots a rewrite finds ------*- C++ -*-===//

#ifndef OBJPRELINK_UNIT_WITHVTABLE_H
#define OBJPRELINK_UNIT_WITHVTABLE_H

#include "ImageForms.h"

namespace objprelink {

/// An image whose slots are those of a vtable that has a symbol.
template <class ELFT> struct WithVTable : Forms<ELFT> {
  using F = Forms<ELFT>;
  static constexpr uint64_t kStringsAt = 0x660;

  WithVTable(OldOptions options = {}) : F(options) {
    this->put(kStringsAt + 9, "_ZTV1X");
    typename F::Sym &table = this->symbol(F::typeInfo);
    table.setBindingAndType(llvm::ELF::STB_GLOBAL, llvm::ELF::STT_OBJECT);
    table.st_value = F::slot(-2);
    table.st_size = 10 * F::kWord;
    table.st_shndx = 9;
    // No word of f but that of its PLT entry.
    this->relocation(F::kGotOfF).symbol = F::weak;
  }
  /// Takes that word from f, too, so that a lazy entry is new.
  WithVTable &withoutPltOfF() {
    this->plt[0].symbol = F::weak;
    return *this;
  }
};

} // namespace objprelink

#endif
