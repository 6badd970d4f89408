//===- Stubs.cpp - the sections and symbols of new stubs ------------------===//
//
// Each stub is a section of its own and a weak hidden symbol, and in a group
// that is no COMDAT group. A link takes the first stub of a function, so the
// function's slots are equal in all objects; the other copies stay behind as a
// few bytes that nothing refers to, which --gc-sections drops. A COMDAT group
// would drop them in every link, but tools that make a symbol local leave the
// group its name. The linker then drops a group whose symbol is the only one
// that its object knows: GNU ld, gold and LLD report a discarded section, mold
// fills the slots with 0. No kind of COMDAT group shares the fate of its symbol
// after every tool.
//
// The price is a copy of 8 or 16 bytes for each object that has slots of the
// function, where neither --gc-sections nor ICF drops it: 0.1 to 0.3 % of the
// libraries of LLVM, nothing with --gc-sections. An object also has three
// section headers for each stub.
//
// Rejected: local stubs, because the slots of one function would differ, and
// the index of each global symbol would move; and the group of the vtable,
// because a group that another object brings need not have the stub.
//
// The sections of all stubs have one name, for gdb's sake. It steps through
// code without line numbers if the nearest symbol that it knows is that of a
// compiler's thunk for an indirect branch. So a section with such a
// symbol stands before the stubs, in an output section of their own, and the
// stubs' symbols begin with ".L", which gdb ignores. The thunk is one for a
// branch to the stack pointer, which no compiler makes. A relocation of type
// NONE keeps it alive as long as a stub is. docs/debuggers.md has the details.
//
// Sections of one name and of no group become one in a partial link (mold's
// makes one section of them in any case), and --gc-sections would then keep all
// stubs and the functions they lead to, or none. Members of a group stay
// sections of their own.
//
// Unwind tables are an option (--stub-unwind-tables), not the rule, because no
// form of them suits all linkers. An FDE needs a local symbol for the stub;
// local symbols go before all others, so a new one would move the index of
// every global symbol. With the stub's own symbol,
// * an FDE in an .eh_frame of the object has GNU ld 2.40 give up its
//   .eh_frame_hdr as soon as two objects bring the same stub, and refuse the
//   link ("overlapping FDEs") after a partial one; LLD keeps all copies;
// * an FDE in an .eh_frame that is in a COMDAT group works in every linker, but
//   GNU ld's scripts KEEP all sections of this name: --gc-sections then drops
//   no stub, and since it looks into one .eh_frame of an object only, nothing
//   else.
// The option makes the second form. The group holds nothing but the FDE, so
// nothing refers to a group that is dropped: the stub of such an object then
// has no FDE. Without the option a stub is like an entry of LLD's or mold's
// PLT: a backtrace out of a signal handler ends there if the signal came while
// these few bytes ran. gdb finds its way all the same.
//
//===----------------------------------------------------------------------===//

#include "ObjectRewriter/Stubs.h"
#include "ELF/Relocations.h"
#include "Target/EhFrame.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static constexpr StringLiteral kGotBaseName = "_GLOBAL_OFFSET_TABLE_";

static constexpr StringLiteral kStubSection = ".objprelink.text";

/// The symbol that other objects see as \p name, or 0.
static uint32_t findSymbol(const Object &object, StringRef name) {
  for (auto [index, symbol] : enumerate(object.symbols))
    if (symbol.binding != STB_LOCAL && object.name(symbol) == name)
      return index;
  return 0;
}

namespace {
class StubBuilder {
public:
  StubBuilder(const Object &object, const Plan &plan, const Config &config,
              ObjectEdit &edit)
      : object(object), plan(plan), config(config), target(*plan.target),
        edit(edit), frame(makeFrame(plan.stub)),
        ownFrame(makeFrame(plan.ownStub)) {}
  void build();

private:
  struct Frame {
    uint64_t startOffset;
    Bytes contents;
  };

  Frame makeFrame(const Stub &stub) const;
  void numberSymbols();
  void addThunk();
  void addStub(const PlannedStub &stub);
  void addUnwindTable(const PlannedStub &stub);
  NewSection relocationsOf(StringRef name, uint32_t section, uint64_t flags,
                           ArrayRef<Relocation> relocations);
  NewSection group(uint32_t flags, ArrayRef<uint32_t> members,
                   uint32_t signature);
  void addAddressSignificance();
  uint32_t nextSection() const {
    return object.sections.size() + edit.sections.size();
  }

  const Object &object;
  const Plan &plan;
  const Config &config;
  const Target &target;
  ObjectEdit &edit;
  const Frame frame, ownFrame;
  /// Symbol indices of the GOT and of the thunk; 0 if no stub refers to it.
  uint32_t gotBase = 0;
  uint32_t thunk = 0;
  uint32_t thunkSection = 0;
};
} // namespace

StubBuilder::Frame StubBuilder::makeFrame(const Stub &stub) const {
  const EhFrame made = buildEhFrame(target, stub);
  return {made.startOffset, edit.keep(made.contents)};
}

/// Finds the symbols that stubs refer to besides functions, or the indices of
/// those to add. The plan numbered the stubs' symbols from the first new one
/// on, so these come after them.
void StubBuilder::numberSymbols() {
  const auto isNew = [](const PlannedStub &stub) { return stub.isNew; };
  const auto isGotBase = [](const StubRelocation &r) {
    return r.symbol == StubSymbol::GotBase;
  };
  uint32_t next = object.symbols.size() + llvm::count_if(plan.stubs, isNew);
  if (llvm::any_of(plan.stubs, [&](const PlannedStub &stub) {
        return llvm::any_of(plan.formOf(stub).relocations, isGotBase);
      })) {
    const uint32_t found = findSymbol(object, kGotBaseName);
    gotBase = found ? found : next++;
  }
  const uint32_t found = findSymbol(object, target.thunkName);
  if (!found)
    thunk = next;
  else if (isThunk(object, object.symbols[found]))
    thunk = found;
}

NewSection StubBuilder::relocationsOf(StringRef name, uint32_t section,
                                      uint64_t flags,
                                      ArrayRef<Relocation> relocations) {
  NewSection out;
  out.name = name;
  out.type = nativeRelocationType(target.is64);
  out.flags = SHF_INFO_LINK | flags;
  out.link = object.symbolTableIndex;
  out.info = section;
  out.alignment = target.wordSize;
  out.entrySize = nativeRelocationSize(target.is64);
  out.contents = edit.keep(encodeRelocations(relocations, target.is64));
  return out;
}

NewSection StubBuilder::group(uint32_t flags, ArrayRef<uint32_t> members,
                              uint32_t signature) {
  NewSection out;
  out.name = ".group";
  out.type = SHT_GROUP;
  out.link = object.symbolTableIndex;
  out.info = signature;
  out.alignment = out.entrySize = 4;
  SmallVector<support::ulittle32_t, 8> words = {support::ulittle32_t(flags)};
  words.append(members.begin(), members.end());
  out.contents = edit.keep(Bytes(
      reinterpret_cast<const uint8_t *>(words.data()), words.size_in_bytes()));
  return out;
}

void StubBuilder::addStub(const PlannedStub &stub) {
  const Stub &form = plan.formOf(stub);
  // gABI: a group's header stands before those of its members.
  const uint32_t text = nextSection() + 1;
  edit.sections.push_back(group(/*flags=*/0, {text, text + 1}, stub.symbol));
  NewSection code;
  code.name = kStubSection;
  code.type = SHT_PROGBITS;
  code.flags = SHF_ALLOC | SHF_EXECINSTR | SHF_GROUP;
  code.alignment = std::min<uint64_t>(PowerOf2Ceil(form.code.size()), 16);
  code.contents = form.code;
  edit.sections.push_back(code);

  SmallVector<Relocation, 2> relocations;
  for (const StubRelocation &r : form.relocations)
    relocations.push_back(
        {r.offset, r.type,
         r.symbol == StubSymbol::Function ? stub.function : gotBase, r.addend});
  if (thunk)
    relocations.push_back({0, target.none, thunk, 0});
  edit.sections.push_back(relocationsOf(target.is64 ? ".rela.objprelink.text"
                                                    : ".rel.objprelink.text",
                                        text, SHF_GROUP, relocations));

  if (config.stubUnwindTables)
    addUnwindTable(stub);

  Symbol symbol;
  symbol.section = text;
  symbol.size = form.code.size();
  symbol.type = STT_FUNC;
  symbol.binding = STB_WEAK;
  symbol.visibility = STV_HIDDEN;
  edit.symbols.push_back({stub.name, symbol});
}

void StubBuilder::addUnwindTable(const PlannedStub &stub) {
  const uint32_t ehFrame = nextSection() + 1;
  edit.sections.push_back(
      group(GRP_COMDAT, {ehFrame, ehFrame + 1}, stub.symbol));
  NewSection unwind;
  unwind.name = ".eh_frame";
  unwind.type = target.ehFrameType;
  unwind.flags = SHF_ALLOC | SHF_GROUP;
  unwind.alignment = target.wordSize;
  const Frame &unwound = stub.isOwn ? ownFrame : frame;
  unwind.contents = unwound.contents;
  edit.sections.push_back(unwind);

  edit.sections.push_back(relocationsOf(
      target.is64 ? ".rela.eh_frame" : ".rel.eh_frame", ehFrame, SHF_GROUP,
      Relocation{unwound.startOffset, target.pcRelative32, stub.symbol, 0}));
}

/// An .llvm_addrsig section lists the symbols whose address matters; where
/// there is one, a symbol that it does not list may be folded with others.
void StubBuilder::addAddressSignificance() {
  for (auto [index, section] : enumerate(object.sections)) {
    if (section.type != SHT_LLVM_ADDRSIG ||
        section.link != object.symbolTableIndex)
      continue;
    const Bytes old = object.contents(section);
    ByteVector contents(old.begin(), old.end());
    for (const PlannedStub &stub : plan.stubs) {
      if (!stub.isNew)
        continue;
      uint8_t encoded[16];
      const unsigned size = encodeULEB128(stub.symbol, encoded);
      contents.append(encoded, encoded + size);
    }
    edit.replacements.push_back(
        {static_cast<uint32_t>(index), std::move(contents)});
  }
}

/// Adds the section that the thunk is in: one byte, since readers remark on
/// empty ones. Its symbol follows those of the stubs.
void StubBuilder::addThunk() {
  thunkSection = nextSection();
  NewSection code;
  code.name = kStubSection;
  code.type = SHT_PROGBITS;
  code.flags = SHF_ALLOC | SHF_EXECINSTR;
  code.alignment = 1;
  code.contents = target.trap;
  edit.sections.push_back(code);
}

void StubBuilder::build() {
  if (llvm::none_of(plan.stubs,
                    [](const PlannedStub &stub) { return stub.isNew; }))
    return;
  numberSymbols();
  if (thunk >= object.symbols.size())
    addThunk();
  for (const PlannedStub &stub : plan.stubs)
    if (stub.isNew)
      addStub(stub);
  if (gotBase >= object.symbols.size()) {
    Symbol symbol;
    symbol.binding = STB_GLOBAL;
    edit.symbols.push_back({kGotBaseName.str(), symbol});
  }
  if (thunkSection) {
    Symbol symbol;
    symbol.section = thunkSection;
    symbol.binding = STB_WEAK;
    symbol.visibility = STV_HIDDEN;
    edit.symbols.push_back({target.thunkName.str(), symbol});
  }
  addAddressSignificance();
}

void addStubs(const Object &object, const Plan &plan, const Config &config,
              ObjectEdit &edit) {
  StubBuilder(object, plan, config, edit).build();
}

} // namespace objprelink
