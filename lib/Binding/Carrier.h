//===- Carrier.h - what brings the runtime into the process -----*- C++ -*-===//
//
// An audit object (LD_AUDIT) is what the loader asks about every library, so it
// can bind plugins, too, and it is in no list of the program's. But beside one,
// the thread-local storage of the program's libraries is laid out otherwise,
// and calls are slow before glibc 2.35. A chain of libraries (LD_PRELOAD) has
// neither effect; it binds the start alone, and its libraries are in the list.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_BINDING_CARRIER_H
#define OBJPRELINK_BINDING_CARRIER_H

#include "Loader/Closure.h"
#include <optional>

namespace objprelink {

enum class CarrierChoice { Auto, Audit, Preload };

struct Carrier {
  bool isPreload = false;
  /// Why it is not the usual one, or that it was asked for; empty otherwise.
  std::string reason;
  /// What glibc.rtld.optional_static_tls has to be beside an audit object; 0 is
  /// what it is.
  uint32_t staticTls = 0;
};

/// What Carrier::reason is where the user has chosen.
inline constexpr llvm::StringRef kAskedFor = "it was asked for";

/// Chooses the carrier for the start of \p closure. \p tunables is the user's
/// GLIBC_TUNABLES. An error where what is asked for would do harm.
llvm::Expected<Carrier> chooseCarrier(const Closure &closure,
                                      CarrierChoice choice,
                                      llvm::StringRef tunables);

/// The carrier in words.
std::string describeCarrier(bool isPreload, llvm::StringRef reason);

/// The path of the library with \p number of the chain in \p folder, that of
/// the runtime.
std::string chainPath(llvm::StringRef folder, uint32_t number);

/// Whether \p library is the runtime as a library of the program.
bool isPreloadedRuntime(const Library &library);
/// Whether \p library is that, or one of the chain before it.
bool isOfChain(const Library &library);

/// The number of the library of the chain that has to be preloaded for
/// \p request, so that the runtime is relocated early enough for most
/// libraries: as short a chain as possible.
llvm::Expected<uint32_t> findChain(const ClosureRequest &request,
                                   llvm::StringRef folder);

} // namespace objprelink

#endif
