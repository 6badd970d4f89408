//===- Config.h - what the command line asked for ---------------*- C++ -*-===//
//
// One plain value, filled in by the tool and passed by const reference. It is
// made of what each part of the house wants, so that a function that takes a
// part knows nothing of the others. The libraries have no other settings and no
// mutable globals.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_SUPPORT_CONFIG_H
#define OBJPRELINK_SUPPORT_CONFIG_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace objprelink {

/// How a slot's function is bound.
enum class Mode : uint8_t {
  Relay, ///< objprelink1: when the library loads, once for each function
  Lazy,  ///< objprelink2: at the first call
};

/// Which slots are taken, among those that may be.
enum class SlotSet : uint8_t {
  Auto,      ///< Undefined in an object, All in an image
  Undefined, ///< functions that the file does not define
  All,       ///< every preemptible function, as the paper did
};

/// What an i386 stub may overwrite on its way to the function.
enum class I386Scratch : uint8_t {
  Auto, ///< nothing, unless the object asks for a shadow stack (then eax)
  None, ///< nothing: the stub pushes the target and returns to it
  Eax,  ///< eax: the stub jumps through it; breaks regparm functions
};

/// How the lazy entries of an i386 image find their words.
enum class PltKind : uint8_t {
  Absolute, ///< by absolute addresses in the code, which the loader corrects
  Pic,      ///< by the code's own address
};

/// Numbers from first to last.
struct SlotRange {
  uint64_t first = 0;
  uint64_t last = 0;
};

/// What becomes of vtables.
struct SlotConfig {
  Mode mode = Mode::Relay;
  SlotSet slots = SlotSet::Auto;
  /// The only slots to take, by the numbers of their lines in the output of
  /// -v, which count from 1 in each file and each member; empty takes all.
  std::vector<SlotRange> onlySlots;
  /// For onlySlots: no slot has such a number.
  static constexpr SlotRange kNoSlot = {UINT64_MAX, UINT64_MAX};
  I386Scratch i386Scratch = I386Scratch::Auto;
  /// Give stubs .eh_frame sections.
  bool stubUnwindTables = false;
  PltKind plt = PltKind::Absolute;
  /// Bind the slots of an image at the first call though it is BIND_NOW.
  bool overrideBindNow = false;
  /// Bind the PLT of such an image at the first call too.
  bool lazyAll = false;

  bool wantsSlot(uint64_t number) const {
    if (onlySlots.empty())
      return true;
    for (const SlotRange &range : onlySlots)
      if (range.first <= number && number <= range.last)
        return true;
    return false;
  }
};

/// What an image is to be, whatever its vtables are.
struct ImageConfig {
  /// Put RELATIVE relocations of images into DT_RELR.
  bool packRelativeRelocs = false;
  /// Do the rest where that cannot be done.
  bool packIfPossible = false;
  /// Leave pages in an image that nothing uses any more, or take them out of
  /// it; with neither, it depends on where its debug symbols are.
  bool keepSize = false;
  bool shrinkFile = false;
  /// Put a record into an image by which the old file can be had back.
  bool undoRecord = true;
  /// Apply relative relocations in the file, for an address that the image is
  /// to be loaded at: preferredBase, or one that is made of its names, its
  /// build-id and baseSeed.
  bool prerelocate = false;
  std::optional<uint64_t> preferredBase;
  uint64_t baseSeed = 0;
  /// Take images with bytes that follow everything they describe.
  bool keepOverlay = false;
  /// The image is what a linker has just made: nobody knows it by its build-id.
  bool linked = false;
  /// The linker has made room for all entries that are worth it (LinkRoom.h),
  /// and none for a longer table.
  bool hasRoom = false;
  /// No input of the linker has named a relocation table, and no address of one
  /// can be in the image but in headers.
  bool tablesAreUnnamed = false;
  /// The build-id of a linked image is a hash of its contents, to be made anew.
  bool renewBuildId = false;
  /// Name the new code of an image in its .symtab.
  bool addSymbols = false;
};

/// How much is said.
struct Verbosity {
  /// Print what is planned, as a dry run does; with verbose also what stays.
  bool showsPlan = false;
  bool verbose = false;
  bool quiet = false;

  bool printsPlan() const { return showsPlan || verbose; }
};

/// All that a rewrite of bytes asks for.
struct RewriteConfig : SlotConfig, ImageConfig, Verbosity {};

/// The kind of file that an option is for.
enum class Scope : uint8_t { Objects, Images, ThinArchives };

/// An option that was given, as it was written.
struct ScopedOption {
  std::string text;
  Scope scope;
};

/// What a tool does with files.
struct FileConfig {
  /// An image gets what pays, and is left as it is where nothing does.
  bool ifWorth = false;
  /// Images may be rewritten in place.
  bool inPlace = false;
  bool dryRun = false;
  bool thinMembers = false;
  /// Threads to use; 0 is one for each core.
  unsigned jobs = 0;
  /// Where the one input's output goes; empty rewrites in place.
  std::string output;
  /// Options that are for some kinds of files alone: the others say so.
  std::vector<ScopedOption> scoped;
};

struct Config : RewriteConfig, FileConfig {};

} // namespace objprelink

#endif
