//===- Verify.cpp - prove that an output is what it should be -------------===//
//
// Every output is read back from the disk and compared with its input before it
// takes the input's place, in every run and not only in tests, because a tool
// that changes binaries has to be trusted. The differences that are allowed are
// stated here once more, from the outside.
//
//===----------------------------------------------------------------------===//

#include "ObjectRewriter/Verify.h"
#include "ELF/ObjectReader.h"
#include "ELF/Properties.h"
#include "ELF/Relocations.h"
#include "Support/Diagnostics.h"
#include "Target/Decoder.h"
#include "Target/Machine.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/Endian.h"
#include <algorithm>
#include <cstring>
#include <tuple>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
/// What a stub does besides leading to its function. Its name says so: stubs of
/// one name may stand for each other.
struct Promise {
  bool isLate = false;
  bool changesRegister = false;

  StringRef suffix() const {
    return isLate ? ".lazy" : changesRegister ? ".relay_eax" : ".relay";
  }
};

class Verifier {
public:
  Verifier(const Object &before, const Object &after, const Copies &copies,
           const Config &config, const ControlFlowProtection &protection,
           const Machine &machine, const Decoder &decoder)
      : before(before), after(after), copies(copies), config(config),
        protection(protection), machine(machine), decoder(decoder) {}
  Error run(unsigned redirectedSlots);

private:
  Error compareHeaders() const;
  Error compareContents();
  Error compareRelocations(uint32_t index);
  Error checkRedirection(const Relocation &old, const Relocation &now);
  Error checkAdditions();
  Error checkGroup(uint32_t index) const;
  Promise promiseFor(const Symbol &function) const;
  bool hasFormOfStub(const Symbol &symbol) const;
  Error checkStub(uint32_t symbol, uint32_t function);
  Error checkOldStub(const Symbol &symbol, uint32_t function);
  Error checkNewStub(const Symbol &symbol, uint32_t function);
  Error checkCode(const Symbol &symbol, const DecodedObjectStub &stub,
                  const Promise &due) const;
  bool refersTo(uint32_t symbol, const DecodedField &field,
                uint32_t function) const;

  const Object &before;
  const Object &after;
  const Copies &copies;
  const Config &config;
  const ControlFlowProtection &protection;
  const Machine &machine;
  const Decoder &decoder;
  unsigned changes = 0;
  /// New relocation sections, by the section they work on.
  DenseMap<uint32_t, uint32_t> relocationsOf;
  /// The function of each stub that was checked.
  DenseMap<uint32_t, uint32_t> stubs;
};
} // namespace

static bool sameHeader(const Section &a, const Section &b) {
  return std::tie(a.nameOffset, a.type, a.flags, a.address, a.link, a.info,
                  a.alignment, a.entrySize) ==
         std::tie(b.nameOffset, b.type, b.flags, b.address, b.link, b.info,
                  b.alignment, b.entrySize);
}

/// Whether the ELF headers are the same but for the place and the number of
/// the section headers.
template <class Ehdr> static bool sameELFHeader(Bytes a, Bytes b) {
  Ehdr headers[2];
  std::memcpy(&headers[0], a.data(), sizeof(Ehdr));
  std::memcpy(&headers[1], b.data(), sizeof(Ehdr));
  for (Ehdr &header : headers) {
    header.e_shoff = 0;
    header.e_shnum = 0;
  }
  return !std::memcmp(&headers[0], &headers[1], sizeof(Ehdr));
}

Error Verifier::compareHeaders() const {
  const auto same = before.is64 ? sameELFHeader<object::ELF64LE::Ehdr>
                                : sameELFHeader<object::ELF32LE::Ehdr>;
  if (after.is64 != before.is64 || !same(before.bytes, after.bytes) ||
      after.symbolTableIndex != before.symbolTableIndex ||
      after.sectionNamesIndex != before.sectionNamesIndex)
    return error("the ELF header changed");
  if (after.sections.size() < before.sections.size() ||
      after.symbols.size() < before.symbols.size())
    return error("sections or symbols are missing");
  // Header 0 holds the counts that do not fit the ELF header.
  for (size_t i = 1; i < before.sections.size(); ++i)
    if (!sameHeader(before.sections[i], after.sections[i]))
      return error("the header of {0} changed", before.describe(i));
  return Error::success();
}

Error Verifier::compareContents() {
  for (auto [index, section] : enumerate(before.sections)) {
    const Bytes old = before.contents(section);
    const Bytes now = after.contents(after.sections[index]);
    const bool mayGrow = index == before.symbolTableIndex ||
                         index == before.symbolNamesIndex ||
                         index == before.sectionNamesIndex ||
                         index == before.extendedIndicesIndex ||
                         section.type == SHT_LLVM_ADDRSIG;
    if (section.type == SHT_NOBITS &&
        section.size != after.sections[index].size)
      return error("the size of {0} changed", before.describe(index));
    if (copies.same(old, mayGrow ? now.take_front(old.size()) : now))
      continue;
    if (!section.isRelocations())
      return error("the contents of {0} changed", before.describe(index));
    if (Error e = compareRelocations(index))
      return e;
  }
  return Error::success();
}

Error Verifier::compareRelocations(uint32_t index) {
  Expected<std::vector<Relocation>> old = readRelocations(before, index);
  if (!old)
    return old.takeError();
  Expected<std::vector<Relocation>> now = readRelocations(after, index);
  if (!now)
    return now.takeError();
  if (old->size() != now->size())
    return error("the number of entries in {0} changed",
                 before.describe(index));
  for (auto [a, b] : zip_equal(*old, *now)) {
    if (std::tie(a.offset, a.type, a.addend) !=
        std::tie(b.offset, b.type, b.addend))
      return error("an entry of {0} changed", before.describe(index));
    if (a.symbol == b.symbol)
      continue;
    ++changes;
    if (Error e = checkRedirection(a, b))
      return inContext(before.describe(index), std::move(e));
  }
  return Error::success();
}

Error Verifier::checkRedirection(const Relocation &old, const Relocation &now) {
  if (old.type != machine.absoluteWord || old.addend)
    return error("the slot at {0:x} is not the address of a symbol",
                 old.offset);
  const Symbol &function = before.symbols[old.symbol];
  if (function.binding == STB_LOCAL || function.visibility != STV_DEFAULT ||
      (function.binding == STB_WEAK && function.isUndefined()) ||
      (function.type != STT_FUNC && function.type != STT_NOTYPE))
    return error("the slot at {0:x} must keep its symbol", old.offset);
  return checkStub(now.symbol, old.symbol);
}

/// A function that the object defines is never bound late: a library that is
/// opened since may have another one of its name. A stub that changes no
/// register returns to its function, which a shadow stack forbids.
Promise Verifier::promiseFor(const Symbol &function) const {
  Promise out;
  out.isLate =
      machine.lazyStubs && config.mode == Mode::Lazy && function.isUndefined();
  out.changesRegister =
      decoder.hasScratchStubs &&
      (config.i386Scratch == I386Scratch::Eax ||
       (config.i386Scratch == I386Scratch::Auto && protection.shadowStack));
  return out;
}

/// Whether \p symbol is a weak hidden function with code in the object.
bool Verifier::hasFormOfStub(const Symbol &symbol) const {
  constexpr uint64_t flags = SHF_ALLOC | SHF_EXECINSTR;
  return symbol.type == STT_FUNC && symbol.binding == STB_WEAK &&
         symbol.visibility == STV_HIDDEN && symbol.isInSection() &&
         (after.sections[symbol.section].flags & flags) == flags;
}

/// A stub has the name of its function, a symbol index, and leads to it.
Error Verifier::checkStub(uint32_t index, uint32_t function) {
  const auto [seen, isFirst] = stubs.try_emplace(index, function);
  if (!isFirst)
    return seen->second == function
               ? Error::success()
               : error("symbol {0} is the stub of two functions", index);

  const Symbol &symbol = after.symbols[index];
  const StringRef functionName = before.name(before.symbols[function]);
  std::string name =
      (".L" + functionName + promiseFor(before.symbols[function]).suffix())
          .str();
  std::replace(name.begin(), name.end(), '@', '$');
  if (!hasFormOfStub(symbol) || after.name(symbol) != name)
    return error("symbol {0} ({1}) is not the stub of {2}", index,
                 after.name(symbol), functionName);
  return index < before.symbols.size() ? checkOldStub(symbol, function)
                                       : checkNewStub(symbol, function);
}

/// A stub that was there was made for an object that may have had other
/// properties: of its code only a relocation to the function is looked for.
Error Verifier::checkOldStub(const Symbol &symbol, uint32_t function) {
  for (auto [index, section] : enumerate(before.sections)) {
    if (!section.isRelocations() || section.info != symbol.section)
      continue;
    Expected<std::vector<Relocation>> relocations =
        readRelocations(before, index);
    if (!relocations)
      return relocations.takeError();
    if (any_of(*relocations, [&](const Relocation &relocation) {
          return relocation.symbol == function &&
                 relocation.offset - symbol.value < symbol.size;
        }))
      return Error::success();
  }
  return error("{0} does not lead to {1}", after.name(symbol),
               before.name(before.symbols[function]));
}

/// A new stub is all of a section.
Error Verifier::checkNewStub(const Symbol &symbol, uint32_t function) {
  const StringRef name = after.name(symbol);
  const Section &code = after.sections[symbol.section];
  const std::optional<DecodedObjectStub> stub =
      decoder.objectStub(after.contents(code));
  if (!stub || symbol.value)
    return error("the code of {0} is not that of a stub", name);
  if (Error e = checkCode(symbol, *stub, promiseFor(before.symbols[function])))
    return e;

  const auto section = relocationsOf.find(symbol.section);
  if (section == relocationsOf.end())
    return error("{0} has no relocations", name);
  Expected<std::vector<Relocation>> relocations =
      readRelocations(after, section->second);
  if (!relocations)
    return relocations.takeError();
  llvm::erase_if(*relocations, [&](const Relocation &relocation) {
    return relocation.type == machine.none;
  });
  if (relocations->size() != stub->fields.size())
    return error("{0} lacks relocations", name);
  for (const auto &[is, field] : zip_equal(*relocations, stub->fields))
    if (!refersTo(is.symbol, field, function) ||
        std::tie(is.offset, is.type, is.addend) !=
            std::tie(field.offset, field.type, field.addend))
      return error("{0} does not lead to {1}", name,
                   before.name(before.symbols[function]));
  return Error::success();
}

/// Whether \p stub keeps what its name promises and what the object asks for.
Error Verifier::checkCode(const Symbol &symbol, const DecodedObjectStub &stub,
                          const Promise &due) const {
  const StringRef name = after.name(symbol);
  if (stub.isLate != due.isLate || stub.changesRegister != due.changesRegister)
    return error("the code of {0} is not that of a stub", name);
  if (protection.landingPads && !stub.hasLandingPad)
    return error("the code of {0} has no landing pad", name);
  return Error::success();
}

bool Verifier::refersTo(uint32_t symbol, const DecodedField &field,
                        uint32_t function) const {
  return field.isGotBase
             ? after.name(after.symbols[symbol]) == "_GLOBAL_OFFSET_TABLE_"
             : symbol == function;
}

/// A linker could drop a COMDAT group while the symbol of code in it is in use.
Error Verifier::checkGroup(uint32_t index) const {
  const Bytes contents = after.contents(after.sections[index]);
  for (size_t at = 0; at + 4 <= contents.size(); at += 4) {
    const uint32_t word = support::endian::read32le(contents.data() + at);
    if (at == 0) {
      if (word == 0)
        return Error::success();
      continue;
    }
    if (word < before.sections.size() || word >= after.sections.size())
      return error("{0} is new and has an old member", after.describe(index));
    if (after.sections[word].flags & SHF_EXECINSTR)
      return error("{0} is new and its code is in a COMDAT group",
                   after.describe(word));
  }
  return Error::success();
}

Error Verifier::checkAdditions() {
  for (size_t i = before.sections.size(); i < after.sections.size(); ++i) {
    const Section &section = after.sections[i];
    if (section.flags & SHF_WRITE)
      return error("{0} is new and writable", after.describe(i));
    if (section.type == SHT_GROUP)
      if (Error e = checkGroup(i))
        return e;
    if (!section.isRelocations())
      continue;
    if (section.info < before.sections.size())
      return error("{0} is new and relocates {1}", after.describe(i),
                   before.describe(section.info));
    if (!relocationsOf.try_emplace(section.info, i).second)
      return error("{0} relocates {1} once more", after.describe(i),
                   after.describe(section.info));
  }
  for (size_t i = before.symbols.size(); i < after.symbols.size(); ++i)
    if (after.symbols[i].binding == STB_LOCAL)
      return error("symbol {0} is new and local", i);
  return Error::success();
}

Error Verifier::run(unsigned redirectedSlots) {
  if (Error e = compareHeaders())
    return e;
  if (Error e = checkAdditions())
    return e;
  if (Error e = compareContents())
    return e;
  if (changes != redirectedSlots)
    return error("{0} slots changed instead of {1}", changes, redirectedSlots);
  return Error::success();
}

Error verifyObject(const RewrittenObject &object, Bytes bytes,
                   const Copies &copies, const Config &config) {
  const Object &before = object.before;
  Expected<Object> after = readObject(bytes);
  if (!after)
    return after.takeError();
  const Machine *machine = findMachine(before.machine, before.is64);
  const Decoder *decoder = findDecoder(before.machine, before.is64);
  if (!machine || !decoder)
    return error("machine {0} is not supported", before.machine);
  Expected<ControlFlowProtection> protection = readProperties(before);
  if (!protection)
    return protection.takeError();
  return Verifier(before, *after, copies, config, *protection, *machine,
                  *decoder)
      .run(object.redirectedSlots);
}

} // namespace objprelink
