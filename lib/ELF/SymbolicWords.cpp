#include "ELF/SymbolicWords.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELF.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

template <class ELFT>
static bool mayHaveSymbolicWords(Bytes contents, uint32_t absoluteWord) {
  const auto isOne = [&](const auto &relocation) {
    return relocation.getType(/*isMips64EL=*/false) == absoluteWord &&
           relocation.getSymbol(/*isMips64EL=*/false);
  };
  auto file = object::ELFFile<ELFT>::create(toStringRef(contents));
  if (!file)
    return errorToBool(file.takeError());
  auto segments = file->program_headers();
  if (!segments)
    return errorToBool(segments.takeError());
  if (none_of(*segments,
              [](const auto &segment) { return segment.p_type == PT_DYNAMIC; }))
    return false;
  auto entries = file->dynamicEntries();
  if (!entries)
    return errorToBool(entries.takeError());
  DenseMap<int64_t, uint64_t> values;
  for (const auto &entry : *entries)
    values[entry.getTag()] = entry.getVal();
  const auto anyOf = [&]<class Entry>(int64_t tag, int64_t sizeTag) {
    const uint64_t size = values.lookup(sizeTag);
    if (!values.contains(tag) || !size)
      return false;
    auto table = file->toMappedAddr(values.lookup(tag));
    if (!table)
      return errorToBool(table.takeError());
    if (size > uint64_t(contents.end() - *table))
      return true;
    return any_of(
        ArrayRef(reinterpret_cast<const Entry *>(*table), size / sizeof(Entry)),
        isOne);
  };
  return values.contains(DT_ANDROID_RELA) || values.contains(DT_ANDROID_REL) ||
         values.contains(DT_CREL) ||
         anyOf.template operator()<typename ELFT::Rela>(DT_RELA, DT_RELASZ) ||
         anyOf.template operator()<typename ELFT::Rel>(DT_REL, DT_RELSZ);
}

bool mayHaveSymbolicWords(Bytes contents, const Classification &image,
                          uint32_t absoluteWord) {
  return image.is64
             ? mayHaveSymbolicWords<object::ELF64LE>(contents, absoluteWord)
             : mayHaveSymbolicWords<object::ELF32LE>(contents, absoluteWord);
}

} // namespace objprelink
