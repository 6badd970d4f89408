//===- Instrumentation.cpp - code that looks at what it calls -------------===//
//
// Compilers leave marks: sections and symbols, which are in objects and in most
// images. strip removes local symbols and keeps section headers. For stripped
// files there are marks in the bytes: code that only one compiler option makes,
// and the names of files that the program will write.
//
// Instrumentation that looks at the function from within (-pg,
// -finstrument-functions, XRay), at the vtable's address (CFI of virtual calls)
// or at the type of the object (-fsanitize=vptr) sees no difference and is not
// here.
//
//===----------------------------------------------------------------------===//

#include "VTable/Instrumentation.h"
#include "ELF/StaticSymbols.h"
#include "VTable/ImageSymbols.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include <array>
#include <cstring>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// In the order in which they are told of.
enum class Kind : uint8_t {
  Kcfi,
  VTableVerify,
  Retpoline,
  Lvi,
  LlvmProfile,
  ContextProfile,
  GccProfile,
  BoltProfile,
  CallCoverage,
  NumericalSanitizer,
};
static constexpr size_t kKinds = size_t(Kind::NumericalSanitizer) + 1;

static StringRef describe(Kind kind) {
  switch (kind) {
  case Kind::Kcfi:
    return "compiled with -fsanitize=kcfi, which would trap at a stub";
  case Kind::VTableVerify:
    return "compiled with -fvtable-verify, which guards its vtables";
  case Kind::Retpoline:
    return "compiled with retpolines, which a stub's jump is not";
  case Kind::Lvi:
    return "compiled with -mlvi-cfi, which a stub's jump is not made with";
  case Kind::LlvmProfile:
    return "made to write a profile (-fprofile-generate, "
           "-fprofile-instr-generate), which would not know the functions "
           "behind stubs";
  case Kind::ContextProfile:
    return "made to write a contextual profile, which would not know the "
           "functions behind stubs";
  case Kind::GccProfile:
    return "made to write a profile (-fprofile-generate, -fprofile-values), "
           "which would not know the functions behind stubs";
  case Kind::BoltProfile:
    return "instrumented by BOLT, whose profile would not know the functions "
           "behind stubs";
  case Kind::CallCoverage:
    return "compiled with -fsanitize-coverage=indirect-calls, which would see "
           "stubs called";
  case Kind::NumericalSanitizer:
    return "compiled with -fsanitize=numerical, which would lose what it knows "
           "of arguments at a stub";
  }
  llvm_unreachable("all kinds are listed");
}

namespace {
struct Mark {
  Kind kind;
  StringLiteral prefix;
  /// Flags that the section has: some objects have a hundred thousand
  /// sections, and numbers are compared faster than names.
  uint64_t flags = 0;
};
} // namespace

static constexpr Mark kSections[] = {
    {Kind::Kcfi, ".kcfi_traps", SHF_LINK_ORDER},
    {Kind::VTableVerify, ".vtable_map_vars", SHF_WRITE},
    {Kind::Retpoline, ".text.__x86.indirect_thunk", SHF_EXECINSTR},
    // What is only linked with the runtime library has __llvm_prf_vnds alone.
    {Kind::LlvmProfile, "__llvm_prf_cnts", SHF_ALLOC},
    {Kind::LlvmProfile, "__llvm_prf_data", SHF_ALLOC},
    {Kind::BoltProfile, ".bolt.instr.counters", SHF_ALLOC},
};

static constexpr Mark kSymbols[] = {
    {Kind::Kcfi, "__kcfi_typeid_"},
    {Kind::Kcfi, "__cfi_"},
    {Kind::Retpoline, "__x86_indirect_thunk"},
    {Kind::Retpoline, "__x86_return_thunk"},
    {Kind::Retpoline, "__llvm_retpoline_"},
    {Kind::Retpoline, "__llvm_external_retpoline_"},
    {Kind::Lvi, "__llvm_lvi_thunk_"},
    {Kind::ContextProfile, "__llvm_ctx_profile_expected_callee"},
    {Kind::GccProfile, "__gcov_indirect_call"},
    {Kind::CallCoverage, "__sanitizer_cov_trace_pc_indir"},
    {Kind::NumericalSanitizer, "__nsan_shadow_args_tag"},
};

/// pause; lfence; jmp to the pause: where a retpoline catches speculation. GCC
/// and clang write the same.
static constexpr uint8_t kRetpolineCode[] = {0xf3, 0x90, 0x0f, 0xae,
                                             0xe8, 0xeb, 0xf9};
/// je to the call; ud2. A kCFI check has an addition of the hash before it.
static constexpr uint8_t kKcfiCode[] = {0x74, 0x02, 0x0f, 0x0b};

namespace {
/// Collects what was found of each kind.
class Finder {
public:
  void addSection(StringRef name, uint64_t flags);
  void addSymbol(StringRef name, bool isUndefined);
  void addCode(Bytes code);
  void addKcfiCode(Bytes code);
  void addLlvmData(Bytes data);
  void addGccData(Bytes data);
  std::optional<Instrumentation> result() const;

private:
  void add(Kind kind, const Twine &mark) {
    std::string &first = marks[size_t(kind)];
    if (first.empty())
      first = mark.str();
  }

  /// What was found first, by kind.
  std::array<std::string, kKinds> marks;
  /// The sanitizers' runtime libraries define the function that code with
  /// coverage calls; code with coverage has one of its sections as a rule.
  bool hasCoverageSection = false;
  std::string definedCoverage;
};
} // namespace

void Finder::addSection(StringRef name, uint64_t flags) {
  hasCoverageSection |= name.starts_with("__sancov_");
  for (const Mark &mark : kSections)
    if ((flags & mark.flags) == mark.flags && name.starts_with(mark.prefix))
      add(mark.kind, "section " + name);
}

void Finder::addSymbol(StringRef name, bool isUndefined) {
  for (const Mark &mark : kSymbols) {
    // Functions of cross-DSO CFI, whose checks are of the vtable's address,
    // begin with the same letters as the hashes of kCFI, and the thunk that the
    // stubs of objects stand behind with those of compilers' thunks.
    if (!name.starts_with(mark.prefix) || name.starts_with("__cfi_check") ||
        name.starts_with("__cfi_slowpath") ||
        name == "__x86_indirect_thunk_rsp" ||
        name == "__x86_indirect_thunk_esp")
      continue;
    const std::string text = ("symbol " + name).str();
    if (mark.kind == Kind::CallCoverage && !isUndefined)
      definedCoverage = text;
    else
      add(mark.kind, text);
  }
}

/// Where \p text, of which byte \p rare is the one that occurs least, stands in
/// \p contents from \p at on, or npos. memmem is several times slower.
static size_t find(StringRef contents, StringRef text, size_t rare, size_t at) {
  while ((at = contents.find(text[rare], at + rare)) != StringRef::npos) {
    at -= rare;
    if (contents.substr(at, text.size()) == text)
      return at;
    ++at;
  }
  return StringRef::npos;
}

void Finder::addCode(Bytes code) {
  if (find(toStringRef(code), toStringRef(Bytes(kRetpolineCode)), 3, 0) !=
      StringRef::npos)
    add(Kind::Retpoline, "pause; lfence in its code");
}

void Finder::addKcfiCode(Bytes code) {
  // add disp8(%reg), %r10d or %r11d stands before it.
  const auto isCheck = [&](size_t at) {
    return at >= 4 && (code[at - 4] & 0xfe) == 0x44 && code[at - 3] == 0x03 &&
           (code[at - 2] & 0xf0) == 0x50;
  };
  const StringRef check = toStringRef(Bytes(kKcfiCode));
  size_t at = 0;
  while ((at = find(toStringRef(code), check, 3, at)) != StringRef::npos)
    if (isCheck(at++))
      return add(Kind::Kcfi, "checks of a hash in its code");
}

/// clang's runtime library asks for a variable of the environment.
void Finder::addLlvmData(Bytes data) {
  if (find(toStringRef(data), StringRef("LLVM_PROFILE_FILE", 18), 4, 0) !=
      StringRef::npos)
    add(Kind::LlvmProfile, "the name LLVM_PROFILE_FILE in its data");
}

/// GCC's runtime library has the path of each file that it will write to.
void Finder::addGccData(Bytes data) {
  const StringRef all = toStringRef(data);
  size_t at = 0;
  while ((at = find(all, StringRef(".gcda", 6), 0, at)) != StringRef::npos) {
    // npos + 1 is the beginning.
    if (all[all.rfind('\0', at) + 1] == '/')
      return add(Kind::GccProfile, "the path of a .gcda file in its data");
    ++at;
  }
}

std::optional<Instrumentation> Finder::result() const {
  for (auto [index, mark] : enumerate(marks)) {
    const Kind kind = Kind(index);
    StringRef found = mark;
    if (kind == Kind::CallCoverage && found.empty() && hasCoverageSection)
      found = definedCoverage;
    if (!found.empty())
      return Instrumentation{(describe(kind) + " (" + found + ")").str(),
                             kind == Kind::Kcfi || kind == Kind::VTableVerify};
  }
  return std::nullopt;
}

/// Whether the name at \p offset begins with two underscores, as those of all
/// marks do. \p names end in a zero byte.
static bool isReserved(Bytes names, uint64_t offset) {
  return names[offset] == '_' && names[offset + 1] == '_';
}

std::optional<Instrumentation> findInstrumentation(const Object &object) {
  Finder finder;
  for (const Section &section : object.sections) {
    // All marks have one of these flags.
    if (section.flags & (SHF_ALLOC | SHF_LINK_ORDER))
      finder.addSection(object.name(section), section.flags);
    if (section.flags & SHF_EXECINSTR)
      finder.addCode(object.contents(section));
  }
  for (const Symbol &symbol : object.symbols)
    if (object.nameStartsWith(symbol, "__"))
      finder.addSymbol(object.name(symbol), symbol.isUndefined());
  return finder.result();
}

Expected<std::optional<Instrumentation>>
findInstrumentation(const Image &image) {
  Expected<StaticSymbols> staticSymbols = readStaticSymbols(image);
  if (!staticSymbols)
    return staticSymbols.takeError();
  Finder finder;
  for (const Section &section : image.sections)
    if (section.size)
      finder.addSection(image.name(section), section.flags);
  for (const DynamicSymbol &symbol : image.symbols)
    if (isReserved(image.strings, symbol.nameOffset))
      finder.addSymbol(shortName(image, symbol), symbol.isUndefined());
  for (const Symbol symbol : staticSymbols->symbols())
    if (isReserved(staticSymbols->names, symbol.nameOffset))
      finder.addSymbol(staticSymbols->name(symbol), symbol.isUndefined());
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    const Bytes contents = image.contents(segment);
    if (segment.flags & PF_X)
      finder.addCode(contents);
    if (image.sections.empty() && (segment.flags & PF_X))
      finder.addKcfiCode(contents);
    if (image.sections.empty() && !(segment.flags & PF_W))
      finder.addLlvmData(contents);
    if (!staticSymbols->size() && !(segment.flags & PF_W))
      finder.addGccData(contents);
  }
  return finder.result();
}

} // namespace objprelink
