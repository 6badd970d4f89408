//===- Redirection.cpp - carry out the plan of slots ---------------------===//
//
// New words and code are added, and the relocations of the image lead to them.
//
// New code in images has no unwind tables, like lld's PLT: .eh_frame_hdr would
// have to be copied and grown for backtraces out of signal handlers that
// interrupt an entry. No exception passes through one.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/Redirection.h"
#include "ImageRewriter/CodeSymbols.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// gdb steps through what GNU BFD names f@plt. That it does, where the code is
/// an entry's, in the sections .plt, .plt.got, .plt.sec and .plt.bnd. Images
/// have the first three, and tools count their entries or give up where there
/// are two of a name. Nothing makes the last any more: it was for Intel MPX.
static constexpr StringLiteral kCodeSection(".plt.bnd");

/// DT_X86_64_PLT, DT_X86_64_PLTSZ and DT_X86_64_PLTENT.
static constexpr int64_t kPltAddress = DT_LOPROC, kPltSize = DT_LOPROC + 1,
                         kPltEntrySize = DT_LOPROC + 3;

Error Redirection::measure() {
  newGot = !plan.lazyWords.empty() && !hasGotHeader(image);
  if (newGot && !image.isBindNow && !image.pltRelocations.empty())
    return error("the PLT is lazy, but DT_PLTGOT does not lead to words that "
                 "ld.so may write to");
  draft = makeEntryCode(plan, EntryAddresses());
  Addition added;
  added.name = kCodeSection.str();
  added.size = draft.code.bytes.size();
  added.alignment = 16;
  added.access = PF_R | PF_X;
  added.awayFromHeaders = true;
  code = &edit.add(added);
  added.name = ".got.objprelink";
  added.size = headerSize() + plan.newWords * image.wordSize();
  added.alignment = image.wordSize();
  added.access = PF_R | PF_W;
  words = &edit.add(added);
  return Error::success();
}

EntryAddresses Redirection::addresses() const {
  EntryAddresses out;
  out.code = code->address;
  out.header = code->address + draft.header;
  out.got = newGot ? words->address : image.dynamicValue(DT_PLTGOT).value_or(0);
  out.words = words->address + headerSize();
  out.firstIndex = plan.overridesBindNow ? 0 : image.pltRelocations.size();
  return out;
}

Address Redirection::placeOf(const LazyWord &word) const {
  if (word.stays)
    return inImage(word.place);
  return {words, headerSize() + word.position * image.wordSize()};
}

Address Redirection::leadsTo(size_t function) const {
  const FunctionBinding &binding = plan.functions[function];
  return binding.kind == FunctionBinding::Kind::OldEntry
             ? inImage(binding.entry)
             : inCode(draft.functions[function]);
}

void Redirection::mapPlt(ImageRelocations &relocations) const {
  const Target &target = *plan.target;
  relocations.pltChanges = !plan.lazyWords.empty();
  relocations.numbered = plan.numbered;
  std::vector<bool> moved(image.pltRelocations.size());
  for (const LazyWord &word : plan.lazyWords)
    if (word.pltIndex && !word.stays)
      moved[*word.pltIndex] = true;
  if (plan.overridesBindNow) {
    // What was eager stays eager, which nothing in DT_JMPREL is any longer.
    for (auto [i, relocation] : enumerate(std::exchange(relocations.plt, {}))) {
      if (moved[i])
        continue;
      relocations.main.push_back(relocation);
      if (relocation.type == target.jumpSlot)
        relocations.main.back().type = target.globDat;
    }
    relocations.bySymbol = true;
  }
  for (const LazyWord &word : plan.lazyWords)
    if (!word.stays)
      relocations.plt.push_back(
          {placeOf(word), target.jumpSlot, word.symbol, {}});
}

void Redirection::map(ImageRelocations &relocations) const {
  const Target &target = *plan.target;
  for (auto [slot, function] : zip_equal(plan.vtables.slots, plan.functionOf)) {
    if (function == ImagePlan::kNone)
      continue;
    NewRelocation &relocation = relocations.main[slot.relocation];
    relocation.type = target.relative;
    relocation.symbol = 0;
    relocation.value = leadsTo(function);
    if (!image.hasAddends)
      relocations.words.push_back({relocation.place, relocation.value});
  }
  for (const Relocation &word : plan.relroWords)
    relocations.main.push_back(
        {inImage(word.offset), word.type, word.symbol, {}});
  mapPlt(relocations);
  for (uint64_t place : draft.code.absolutePlaces)
    relocations.main.push_back({inCode(place), target.relative, 0, {}});
  for (auto [word, tail] : zip_equal(plan.lazyWords, draft.tails))
    relocations.words.push_back({placeOf(word), inCode(tail)});
}

void Redirection::write() {
  const EntryAddresses at = addresses();
  edit.write(code->address, makeEntryCode(plan, at).code.bytes);
  // The old entries whose words have moved.
  for (const LazyWord &word : plan.lazyWords)
    for (const FoundEntry &entry : word.entries)
      edit.write32(entry.field, placeOf(word).value() - entry.fieldBase);
  // ld.so's words in front are zero, also where a table was.
  edit.writeZeros(words->address, words->size);
}

void Redirection::setGotTag() {
  if (newGot)
    edit.setDynamic(DT_PLTGOT, words->address);
  // An x86-64 linker's -z mark-plt: glibc 2.39 may write a jump to where the
  // addend of each JUMP_SLOT leads, in the memory that these tags describe
  // (x86_64_rewrite_plt in sysdeps/x86_64/dl-machine.h). Ours are not there.
  if (image.is64 && plan.newWords)
    for (int64_t tag : {kPltAddress, kPltSize, kPltEntrySize})
      edit.removeDynamic(tag);
}

void Redirection::setTextRelocations() {
  // glibc looks at either, musl at the entry, for which there may be no room.
  const auto flags = edit.dynamicValue(DT_FLAGS);
  if (flags)
    edit.setDynamic(DT_FLAGS, *flags | DF_TEXTREL);
  if (!flags || edit.spareDynamicEntries())
    edit.setDynamic(DT_TEXTREL, 0);
}

void Redirection::setFlags() {
  if (plan.overridesBindNow) {
    edit.removeDynamic(DT_BIND_NOW);
    if (const auto flags = edit.dynamicValue(DT_FLAGS))
      edit.setDynamic(DT_FLAGS, *flags & ~uint64_t(DF_BIND_NOW));
    if (const auto flags = edit.dynamicValue(DT_FLAGS_1))
      edit.setDynamic(DT_FLAGS_1, *flags & ~uint64_t(DF_1_NOW));
  }
  if (makesTextRelocations())
    setTextRelocations();
}

void Redirection::describe(bool namesCode) {
  if (namesCode)
    edit.addedSymbols = nameCode(image, *plan.target, draft.pieces,
                                 code->address, edit.addedSections.size());
  edit.describe(*code);
  edit.describe(*words);
  if (!plan.relroBegin)
    return;
  Addition relro;
  relro.name = ".got.objprelink.relro";
  relro.address = *plan.relroBegin;
  relro.size = plan.relroWords.size() * image.wordSize();
  relro.alignment = image.wordSize();
  relro.access = PF_R | PF_W;
  edit.describe(relro);
}

} // namespace objprelink
