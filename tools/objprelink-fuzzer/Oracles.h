//===- Oracles.h - what must hold for any bytes -----------------*- C++ -*-===//
//
// Each function takes any bytes through a pass and stops the program if what
// comes of it is neither an error nor right: "no crash" is the least of it.
// They work in memory; a fuzzer, a corpus and the sweep over headers all call
// them.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_FUZZER_ORACLES_H
#define OBJPRELINK_FUZZER_ORACLES_H

#include "Support/Config.h"
#include "Support/Extents.h"
#include <vector>

namespace objprelink {

/// The settings under which objects and archives, or images, are tried.
std::vector<Config> objectConfigs();
std::vector<Config> imageConfigs();
/// One of them, the same for the same bytes.
Config chooseConfig(const std::vector<Config> &configs, Bytes bytes);

/// What came of the bytes.
enum class Outcome : uint8_t { Refused, LeftAlone, Rewritten };

/// Rewrites: the output is verified, a second run changes nothing.
Outcome checkObject(Bytes bytes, const Config &config);
Outcome checkArchive(Bytes bytes, const Config &config);
/// And undoing gives the input back.
Outcome checkImage(Bytes bytes, const Config &config);
/// Adds notes of dlopen(): the same, by the verifier of notes.
Outcome checkNotes(Bytes bytes);
/// Takes \p bytes for what files of a set say of each other and how large they
/// are: no two that may be loaded together get addresses that overlap.
void checkSet(Bytes bytes);
/// Reports, in all formats; what it predicts for an image is what a rewrite
/// comes to.
Outcome checkReport(Bytes bytes);
/// By the kind of file.
Outcome checkAny(Bytes bytes, const Config &config);

/// Takes \p changed for what a rewrite has made of \p before (null: of nothing
/// that is known) and was damaged since: the verifier and undo refuse it, or
/// what is verified has the contents that its note says, and what is undone is
/// \p before.
void checkDamaged(const Bytes *before, Bytes changed);

} // namespace objprelink

#endif
