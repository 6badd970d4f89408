//===- Config.h - what the command line asked for ---------------*- C++ -*-===//
//
// One plain value, filled in by the tool and passed by const reference. The
// libraries have no other settings and no mutable globals.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_SUPPORT_CONFIG_H
#define OBJPRELINK_SUPPORT_CONFIG_H

#include <cstdint>
#include <string>

namespace objprelink {

/// How a slot's function is bound.
enum class Mode : uint8_t {
  Relay, ///< objprelink1: when the library loads, once for each function
  Lazy,  ///< objprelink2: at the first call
};

/// Which slots are taken, among those that may be.
enum class SlotSet : uint8_t {
  Undefined, ///< functions that the object does not define
  All,       ///< every preemptible function, as the paper did
};

/// What an i386 stub may overwrite on its way to the function.
enum class I386Scratch : uint8_t {
  Auto, ///< nothing, unless the object asks for a shadow stack (then eax)
  None, ///< nothing: the stub pushes the target and returns to it
  Eax,  ///< eax: the stub jumps through it; breaks regparm functions
};

struct Config {
  Mode mode = Mode::Relay;
  SlotSet slots = SlotSet::Undefined;
  I386Scratch i386Scratch = I386Scratch::Auto;
  /// Give stubs .eh_frame sections.
  bool stubUnwindTables = false;
  bool dryRun = false;
  bool verbose = false;
  bool quiet = false;
  bool thinMembers = false;
  /// Threads to use; 0 is one for each core.
  unsigned jobs = 0;
  /// Where the one input's output goes; empty rewrites in place.
  std::string output;
};

} // namespace objprelink

#endif
