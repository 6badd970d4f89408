#include "Binding/Carrier.h"
#include "Binding/Binding.h"
#include "Loader/RelocationOrder.h"
#include "Runtime/Name.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Beside an audit object, ld.so takes the thread-local storage of libraries
/// that have to have it at a fixed place from a surplus (init_tls, elf/rtld.c,
/// since it comes before the libraries are loaded), which is 288 bytes larger
/// than without one (_dl_tls_static_surplus_init). Beyond these, the program
/// would not start, or could open less than it can alone, unless a tunable
/// makes as much room more.
static constexpr uint64_t kEnoughTls = 288, kUsualTls = 512, kMostTls = 1 << 24;

/// How much thread-local storage the libraries have.
static uint64_t sumUpTls(const Closure &closure) {
  uint64_t sum = 0;
  for (const Library &library : drop_begin(closure.libraries))
    for (const Segment &segment : library.image.segments)
      if (segment.type == PT_TLS) {
        // No sum of these overflows, whatever a file says.
        constexpr uint64_t large = uint64_t(1) << 40;
        sum += std::min(segment.memorySize, large) +
               std::min(std::max<uint64_t>(segment.alignment, 1), large) - 1;
      }
  return sum;
}

static bool defines(const Library &library, StringRef name) {
  return any_of(library.image.symbols, [&](const DynamicSymbol &symbol) {
    return !symbol.isUndefined() && symbol.binding != STB_LOCAL &&
           library.image.name(symbol) == name;
  });
}

static bool hasTls(const Library &library) {
  return any_of(library.image.segments, [](const Segment &segment) {
    return segment.type == PT_TLS && segment.memorySize;
  });
}

/// Whether something in \p library wants its thread-local storage to be at a
/// fixed place, in which case all of it is.
static bool hasFixedTls(const Library &library) {
  return any_of(library.image.relocations, [](const Relocation &relocation) {
    return relocation.type == R_X86_64_TPOFF64;
  });
}

/// Beside an audit object, libraries get most of their thread-local storage at
/// the first use in each thread, by malloc. A malloc that has such storage
/// itself would call itself then. Returns the library that has it, or null.
static const Library *findAllocator(const Closure &closure) {
  const auto found =
      find_if(drop_begin(closure.libraries), [](const Library &library) {
        return library.name != "libc.so.6" && !library.isLoader &&
               !library.group && hasTls(library) && !hasFixedTls(library) &&
               defines(library, "malloc");
      });
  return found == closure.libraries.end() ? nullptr : &*found;
}

/// Why an audit object would do harm; empty where it does not.
static std::string findHarm(const Closure &closure, uint64_t tls,
                            StringRef tunables) {
  // Calls would be slow for ever, and the runtime refuses it.
  if (!hasGlibc(closure, "GLIBC_2.35"))
    return "glibc is older than 2.35";
  if (tls > kMostTls)
    return formatv("its libraries have {0} bytes of thread-local storage", tls);
  if (tls > kEnoughTls && tunables.contains(PREBOUND_TLS_TUNABLE "="))
    return "GLIBC_TUNABLES has " PREBOUND_TLS_TUNABLE;
  if (const Library *allocator = findAllocator(closure))
    return formatv("{0} has a malloc with thread-local storage of its own",
                   allocator->path);
  return {};
}

/// AddressSanitizer ends a program that has it behind other libraries.
static bool wantsToBeFirst(const Library &library) {
  return defines(library, "__asan_init");
}

Expected<Carrier> chooseCarrier(const Closure &closure, CarrierChoice choice,
                                StringRef tunables) {
  const uint64_t tls = sumUpTls(closure);
  const std::string harm = findHarm(closure, tls, tunables);
  Carrier out;
  out.isPreload = choice == CarrierChoice::Auto
                      ? !harm.empty()
                      : choice == CarrierChoice::Preload;
  out.reason = choice == CarrierChoice::Auto ? harm : kAskedFor.str();
  if (choice == CarrierChoice::Audit && !harm.empty())
    return error("an audit object would do harm: {0}", harm);
  if (!out.isPreload && tls > kEnoughTls)
    out.staticTls = tls + kUsualTls;
  if (out.isPreload)
    for (const Library &library : drop_begin(closure.libraries))
      if (!library.group && wantsToBeFirst(library))
        return error("{0} has to be the first library, before those that "
                     "LD_PRELOAD brings",
                     library.path);
  return out;
}

std::string describeCarrier(bool isPreload, StringRef reason) {
  return (isPreload ? "by LD_PRELOAD" : "by LD_AUDIT") +
         (reason.empty() ? "" : (" (" + reason + ")").str());
}

std::string chainPath(StringRef folder, uint32_t number) {
  return (folder + "/" PREBOUND_CHAIN + Twine(number) + ".so").str();
}

bool isPreloadedRuntime(const Library &library) {
  return library.name == "libobjprelink-preload.so";
}

bool isOfChain(const Library &library) {
  return StringRef(library.name).starts_with(PREBOUND_CHAIN) ||
         isPreloadedRuntime(library);
}

/// How many libraries are relocated behind both the runtime and libc.
static size_t countBehind(const Closure &closure) {
  size_t out = 0;
  for (uint32_t index : relocationOrder(closure)) {
    const Library &library = closure.libraries[index];
    out = isPreloadedRuntime(library) || library.name == "libc.so.6" ? 0
                                                                     : out + 1;
  }
  return out;
}

Expected<uint32_t> findChain(const ClosureRequest &request, StringRef folder) {
  uint32_t best = 0;
  size_t most = 0;
  for (uint32_t number = 1; number <= PREBOUND_LONGEST_CHAIN; ++number) {
    ClosureRequest with = request;
    with.preload +=
        (with.preload.empty() ? "" : ":") + chainPath(folder, number);
    Expected<Closure> closure = loadClosure(with);
    if (!closure)
      return closure.takeError();
    if (count_if(closure->libraries, isOfChain) != number + 1)
      return error("{0} is not there, or not all that it needs",
                   chainPath(folder, number));
    const size_t count = countBehind(*closure);
    if (count > most) {
      best = number;
      most = count;
    }
    // A longer one would have it in the same place.
    if (isPreloadedRuntime(closure->libraries[closure->scopes[0].back()]))
      break;
  }
  return best;
}

} // namespace objprelink
