#include "ELF/ObjectReader.h"
#include "ELF/Relocations.h"
#include "ObjectRewriter/Plan.h"
#include "ObjectRewriter/RewriteObject.h"
#include "Report/ImageReport.h"
#include "Report/SlotTable.h"
#include "Support/Diagnostics.h"
#include "VTable/Names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELF.h"
#include <map>
#include <set>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
class Reporter {
public:
  Reporter(const Object &object, const Target &target)
      : object(object), target(target) {}
  Expected<Document> run(Bytes bytes);

private:
  Error addSlots();
  Error addRelocations();
  Error addRewrites(Bytes bytes);
  std::string nameOf(uint32_t symbol) const;
  StringRef causeOf(const Relocation &relocation, const Section &place) const;

  const Object &object;
  const Target &target;
  /// The relocations that are words of vtables: section and entry.
  std::set<std::pair<uint32_t, uint32_t>> words;
  Document out;
};
} // namespace

/// Which words of vtables a rewrite takes, and why the others stay.
Error Reporter::addSlots() {
  Config config;
  config.mode = Mode::Lazy;
  Expected<Plan> plan = makePlan(object, target, config);
  if (!plan)
    return plan.takeError();
  out.addFact("vtables", "vtables", uint64_t(plan->vtables.tables.size()),
              Unit::Count);
  SlotTable slots;
  for (auto [relocations, outcomes] :
       zip_equal(plan->vtables.relocations, plan->outcomes))
    for (auto [word, outcome] : zip_equal(relocations.words, outcomes)) {
      words.insert({relocations.section, word.entry});
      const uint32_t symbol = relocations.at(word).symbol;
      if (outcome == WordOutcome::Redirected)
        slots.addRedirected(symbol);
      else
        slots.addKept(describe(outcome), symbol);
    }
  out.tables.push_back(slots.table("Words of vtables"));
  return Error::success();
}

/// What a relocation in \p place, which is no word of a vtable, is there for.
StringRef Reporter::causeOf(const Relocation &relocation,
                            const Section &place) const {
  if (!(place.flags & SHF_ALLOC))
    return "debug and notes";
  if (place.flags & SHF_EXECINSTR)
    return relocation.type == target.absoluteWord ? "code, absolute" : "code";
  if (relocation.type != target.absoluteWord)
    return "data, relative";
  if (!(place.flags & SHF_WRITE))
    return "read-only data, absolute";
  return object.nameStartsWith(object.symbols[relocation.symbol], "_ZTI") ||
                 object.nameStartsWith(object.symbols[relocation.symbol],
                                       "_ZTS")
             ? "typeinfo"
             : "other data";
}

/// That of its section where a symbol has none.
std::string Reporter::nameOf(uint32_t index) const {
  const Symbol &symbol = object.symbols[index];
  return symbol.type == STT_SECTION && symbol.isInSection()
             ? object.name(object.sections[symbol.section]).str()
             : displayName(object.name(symbol));
}

Error Reporter::addRelocations() {
  struct Group {
    uint64_t count = 0;
    std::set<uint32_t> symbols;
  };
  std::map<std::pair<StringRef, uint32_t>, Group> groups;
  std::map<std::pair<std::string, uint32_t>, uint64_t> textPlaces;
  for (auto [index, section] : enumerate(object.sections)) {
    if (!section.isRelocations() || section.info >= object.sections.size())
      continue;
    Expected<std::vector<Relocation>> all = readRelocations(object, index);
    if (!all)
      return all.takeError();
    const Section &place = object.sections[section.info];
    for (auto [entry, relocation] : enumerate(*all)) {
      StringRef cause = causeOf(relocation, place);
      if (words.contains({uint32_t(index), uint32_t(entry)}))
        cause =
            isSpecialDataName(object.name(object.symbols[relocation.symbol]))
                ? "vtable typeinfo"
                : "vtable function";
      Group &group = groups[{cause, relocation.type}];
      ++group.count;
      group.symbols.insert(relocation.symbol);
      if (cause.ends_with(", absolute"))
        ++textPlaces[{object.name(place).str(), relocation.symbol}];
    }
  }
  Table table = {"relocations",
                 "Relocations",
                 {{"cause", "for"},
                  {"type", "type"},
                  {"count", "count", Unit::Count},
                  {"symbols", "symbols", Unit::Count}},
                 {},
                 Chart{0, {2}},
                 false};
  for (const auto &[key, group] : groups)
    table.addRow(
        {key.first.str(),
         object::getELFRelocationTypeName(object.machine, key.second).str(),
         group.count, uint64_t(group.symbols.size())});
  out.tables.push_back(std::move(table));

  Table text = {"text_relocations",
                "Text relocations that a shared library would get",
                {{"section", "section"},
                 {"symbol", "to"},
                 {"count", "count", Unit::Count}},
                {},
                {},
                false};
  for (const auto &[place, count] : textPlaces)
    text.addRow({place.first, nameOf(place.second), count});
  if (!text.rows.empty())
    out.tables.push_back(std::move(text));
  return Error::success();
}

Error Reporter::addRewrites(Bytes bytes) {
  Table table = {"rewrites",
                 "What a rewrite makes of it",
                 {{"command", "command"},
                  {"slots", "slots", Unit::Count},
                  {"bytes", "file, bytes", Unit::Bytes},
                  {"remark", "remark"}},
                 {},
                 {},
                 false};
  for (auto [command, mode, slots] :
       {std::tuple("objprelink1", Mode::Relay, SlotSet::Auto),
        {"objprelink2", Mode::Lazy, SlotSet::Auto},
        {"objprelink2 --slots=all", Mode::Lazy, SlotSet::All}}) {
    Config config;
    config.mode = mode;
    config.slots = slots;
    Diagnostics ignored;
    Expected<RewrittenObject> rewritten = rewriteObject(bytes, config, ignored);
    if (!rewritten)
      table.addRow({std::string(command), Value(), Value(),
                    "refused: " + toString(rewritten.takeError())});
    else if (!rewritten->redirectedSlots)
      table.addRow({std::string(command), uint64_t(0), Value(),
                    rewritten->reason.empty()
                        ? std::string("nothing to do")
                        : "nothing to do: " + rewritten->reason});
    else
      table.addRow({std::string(command), uint64_t(rewritten->redirectedSlots),
                    rewritten->contents.size(), Value()});
  }
  out.tables.push_back(std::move(table));
  return Error::success();
}

Expected<Document> Reporter::run(Bytes bytes) {
  out.kind = "object";
  out.addFact("machine", "machine", target.name.str());
  out.addFact("bytes", "file", uint64_t(bytes.size()), Unit::Bytes);
  out.addFact("sections", "sections", uint64_t(object.sections.size()),
              Unit::Count);
  out.addFact("symbols", "symbols", uint64_t(object.symbols.size()),
              Unit::Count);
  if (Error e = addSlots())
    return e;
  if (Error e = addRelocations())
    return e;
  if (Error e = addRewrites(bytes))
    return e;
  return std::move(out);
}

Expected<Document> reportObject(Bytes bytes) {
  Expected<Object> object = readObject(bytes);
  if (!object)
    return object.takeError();
  Expected<const Target &> target =
      supportedTarget(object->machine, object->is64);
  if (!target)
    return target.takeError();
  return Reporter(*object, *target).run(bytes);
}

} // namespace objprelink
