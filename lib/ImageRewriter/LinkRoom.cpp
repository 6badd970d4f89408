#include "ImageRewriter/LinkRoom.h"
#include "ELF/Relocations.h"
#include "ELF/RewriteNote.h"
#include "ImageEdit/Room.h"
#include "ImageRewriter/Decisions.h"
#include "ImageRewriter/Reasons.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// The section with the first slot that is redirected.
static std::string sectionOfSlots(const Image &image, const ImagePlan &plan) {
  const auto first = find(plan.outcomes, SlotOutcome::Redirected);
  const ImageSlot &slot = plan.vtables.slots[first - plan.outcomes.begin()];
  const uint64_t place = image.relocations[slot.relocation].offset;
  for (const Section &section : image.sections)
    if ((section.flags & SHF_ALLOC) && section.type == SHT_PROGBITS &&
        place >= section.address && place - section.address < section.size)
      return image.name(section).str();
  return "";
}

void LinkRoom::sortFunctions() {
  llvm::sort(pltFunctions);
  llvm::sort(gotFunctions);
}

uint64_t roomNoteSize(uint64_t slots, bool packs) {
  NoteContents contents;
  contents.version = OBJPRELINK_VERSION;
  // The longest name: a BIND_NOW image has relays whatever was asked for.
  contents.mode = Mode::Relay;
  contents.options = {noteoption::kLinked.str(), noteoption::kRoom.str()};
  if (packs)
    contents.options.push_back(noteoption::kPackRelr.str());
  contents.slots = contents.functions = slots;
  return encodeNote(contents).size();
}

Expected<LinkPlan> planLinkRoom(const Image &image,
                                const RewriteConfig &config) {
  LinkPlan out;
  const Target *target = findTarget(image.machine, image.is64);
  // The PLT of i386 wants a register, which callers of virtual functions do
  // not set; and a PLT is found by the name of its section.
  if (!target || !target->hasPltEntryForm || config.prerelocate ||
      image.sections.empty())
    return out;
  Limits limits;
  limits.anyRoom = true;
  Expected<Decisions> decisions = decide(image, *target, config, limits);
  if (!decisions)
    return decisions.takeError();
  const ImagePlan &plan = decisions->slots;
  if (!plan.redirected) {
    std::string reason = nothingToDo(image, *decisions, config);
    Expected<std::optional<FoundNote>> note = findNote(image);
    if (!note)
      return note.takeError();
    if (!reason.empty() && !*note) {
      out.nothing = summarize(plan);
      out.nothing->reason = std::move(reason);
    }
    return out;
  }
  // What goes into DT_RELR leaves pages that are worth more than new segments
  // cost.
  if (decisions->packing.packed * nativeRelocationSize(image.is64) >=
      kWorthASplit)
    return error("{0} bytes that packed relocations leave are cut out of the "
                 "file",
                 decisions->packing.packed * nativeRelocationSize(image.is64));
  Expected<std::string> keptBack =
      decisions->slots.redirected ? whyKeptBack(image) : std::string();
  if (!keptBack)
    return keptBack.takeError();
  if (!keptBack->empty())
    return out;

  LinkRoom room;
  room.machine = image.machine;
  for (const FunctionBinding &function : plan.functions) {
    const std::string name = image.name(image.symbols[function.symbol]).str();
    // An eager entry of the PLT serves calls as well.
    const bool isNew = function.kind == FunctionBinding::Kind::Relay &&
                       !function.word && image.isBindNow &&
                       config.mode == Mode::Lazy;
    if (function.kind == FunctionBinding::Kind::Lazy || isNew)
      room.pltFunctions.push_back(name);
    else if (function.kind == FunctionBinding::Kind::Relay)
      room.gotFunctions.push_back(name);
  }
  for (const DynamicSymbol &symbol : image.symbols)
    room.symbols.insert(image.name(symbol));
  room.section = sectionOfSlots(image, plan);
  if (room.section.empty())
    return out;
  room.landingPads = plan.style.protection.landingPads;
  room.sortFunctions();
  // The linker may make more possible than the plan has.
  room.noteSize = roomNoteSize(plan.vtables.slots.size(),
                               decisions->packing.packing == Packing::All);
  out.room = std::move(room);
  return out;
}

} // namespace objprelink
