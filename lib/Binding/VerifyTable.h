//===- VerifyTable.h - a table against ld.so itself -------------*- C++ -*-===//
//
// The program is started twice, as it is with LD_BIND_NOW and by the table, and
// is stopped when ld.so has relocated everything. Every word that a relocation
// of any object makes must mean the same in both processes, and must be what
// the binding says. No code of the program itself runs, except functions that
// choose an implementation.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_BINDING_VERIFYTABLE_H
#define OBJPRELINK_BINDING_VERIFYTABLE_H

#include "Binding/Binding.h"
#include "Process/MeasuredProcess.h"

namespace objprelink {

/// How the program is started.
struct StartRequest {
  std::string program;
  /// The environment, without what is about the loader's own doing.
  std::vector<std::string> environment;
  /// Where the program may say why it did not start.
  std::string errorFile;
};

/// An object of a start.
struct StartedObject {
  /// Index of Closure::libraries.
  uint32_t library = 0;
  uint64_t base = 0;
  /// What is in the places of its words, and of what ld.so relocates.
  std::vector<uint64_t> words, rest;
  /// What its dynamic table says is left to ld.so.
  uint64_t relocationBytes = 0;
  /// It was there before, and nothing of it was read.
  bool isOld = false;
};

/// An object that no closure has: an initialiser has opened it.
struct Stranger {
  std::string path;
  uint64_t base = 0;
};

struct Start {
  /// In ld.so's order, without the kernel's object.
  std::vector<StartedObject> objects;
  /// The same, beside a plugin.
  std::vector<Stranger> strangers;
  /// Where the kernel has its own object, 0 if it has none.
  uint64_t kernelAt = 0;
};

/// Starts the program and reads what ld.so has made of it.
llvm::Expected<Start> observeStart(const StartRequest &request,
                                   const Closure &closure,
                                   const Binding &binding,
                                   Interruptible &signals);

/// Starts the program, which does not begin, has it open \p plugin, and reads
/// what ld.so has made of that before its initialisers. Those of the program's
/// libraries have run.
llvm::Expected<Start> observePlugin(const StartRequest &request,
                                    const Plugin &plugin,
                                    Interruptible &signals);

/// Compares ld.so's start \p plain with \p prebound; an error names the first
/// word that differs. Returns how many words were the same.
llvm::Expected<uint64_t> compareStarts(const Closure &closure,
                                       const Binding &binding,
                                       const Start &plain,
                                       const Start &prebound);

} // namespace objprelink

#endif
