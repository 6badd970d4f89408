//===- DesktopEntry.h - the copy of a program's desktop entry ---*- C++ -*-===//
//
// A desktop entry that lies in a folder which is looked through earlier takes
// the place of the installed one of the same name (Desktop Entry Specification
// 1.5, Desktop Menu Specification 1.1, XDG Base Directory Specification 0.8).
// So a copy whose Exec lines name the launcher is all that a menu needs. Every
// other line stays what it is, translations and associations included.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROGRAM_DESKTOPENTRY_H
#define OBJPRELINK_PROGRAM_DESKTOPENTRY_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace objprelink {

/// The key by which a copy is known: its value is the name of our entry.
inline constexpr llvm::StringLiteral kDesktopMark = "X-Objprelink-Program";

/// The program that the value \p exec of Exec starts: the word behind "env" and
/// what that sets.
std::string programOfExec(llvm::StringRef exec);

/// The programs of all Exec lines of the desktop entry \p text.
std::vector<std::string> programsOfDesktopEntry(llvm::StringRef text);

/// The first value of \p key in \p text; empty if there is none. Copies of
/// ours have a value of kDesktopMark.
llvm::StringRef valueInDesktopEntry(llvm::StringRef text, llvm::StringRef key);

/// The copy of \p text for our entry \p name. \p launcherOf gives the path of
/// the launcher for the program of an Exec line; empty leaves the line. An
/// error where the copy would start nothing: a program that D-Bus starts.
llvm::Expected<std::string>
copyDesktopEntry(llvm::StringRef text, llvm::StringRef name,
                 llvm::function_ref<std::string(llvm::StringRef)> launcherOf);

} // namespace objprelink

#endif
