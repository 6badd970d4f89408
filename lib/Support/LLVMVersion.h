//===- LLVMVersion.h - what older releases of LLVM lack ---------*- C++ -*-===//
//
// The sources are written for LLVM 22. Releases from 19 on build them, too
// (OBJPRELINK_LLVM): this header gives them, under the same names, what they do
// not have. No other file asks for the release, but tools/OptionTable.inc,
// which is about what tablegen makes.
//
// Rejected: wrappers of our own, under which all releases look alike. Every
// file would have to know them, and dropping a release would touch them all.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_SUPPORT_LLVMVERSION_H
#define OBJPRELINK_SUPPORT_LLVMVERSION_H

#include "llvm/ADT/ScopeExit.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Config/llvm-config.h"

namespace objprelink {

/// Whether LLD can link while another link of the process is not over. Until
/// 19 what it knows of a link is in global variables.
inline constexpr bool kLldIsReentrant = LLVM_VERSION_MAJOR >= 20;

} // namespace objprelink

#if LLVM_VERSION_MAJOR < 22
namespace llvm {
namespace detail {
template <class Callable> scope_exit(Callable) -> scope_exit<Callable>;
} // namespace detail
using detail::scope_exit;

namespace ELF {
/// gABI, "ELF Header", e_phnum: the number is elsewhere.
enum { PN_XNUM = 0xffff };
} // namespace ELF
} // namespace llvm
#endif

#endif
