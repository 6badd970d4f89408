//===- Binding.h - what each relocated word of a start will be --*- C++ -*-===//
//
// A binding is made from the files alone, by the rules of ld.so as lib/Loader
// has them. It is a value: it is written into a table, printed, and compared
// with what ld.so does.
//
// The rules are for cases in which ld.so's answer could be another at run time:
// * Relocations that depend on the run stay with ld.so: thread-local storage,
//   functions that choose an implementation (IRELATIVE and IFUNC), copies of
//   variables, unique symbols (ld.so keeps a table of those that it has come
//   upon), and all errors that ld.so would report.
// * IFUNCs of libc and libm are the exception: they are bound by calling them
//   at each start, as ld.so would, because there are so many of them. The start
//   is therefore entered after libc, and after libm too where that binds more.
// * A word of a lazy PLT gets its function at once if the program's search list
//   has the function, because libraries that are opened later come after that
//   list. A function that no library has yet is left to the first call.
// * An object is bound whole or left whole.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_BINDING_BINDING_H
#define OBJPRELINK_BINDING_BINDING_H

#include "Binding/Carrier.h"
#include "Loader/ResolvedClosure.h"
#include "Runtime/Table.h"

namespace objprelink {

/// A word that the runtime writes.
struct BoundWord {
  static constexpr uint32_t kNoBase = UINT32_MAX;
  /// Its address in the file of its object.
  uint64_t place = 0;
  /// What is added to the base of the provider.
  uint64_t value = 0;
  /// The library whose base counts, or kNoBase.
  uint32_t provider = 0;
  /// A function to be called, whose result is the word.
  bool isIndirect = false;
  /// The file has the value in its place, so that only the base is added.
  bool isRaw = false;
  /// Its PLT entry binds it at the first call.
  bool isLazy = false;
};

struct BoundObject {
  PreboundState state = PreboundLeft;
  /// The words of its PLT stay with ld.so, too.
  bool keepsPlt = false;
  /// Why it is left to ld.so; empty where it is bound.
  std::string reason;
  /// By place.
  std::vector<BoundWord> words;
  /// What stays with ld.so.
  std::vector<Relocation> rest;
  /// A relative word: its place, what the file holds there and what the base is
  /// added to; the place is 0 where there is none.
  uint64_t probePlace = 0, probeRaw = 0, probeOwn = 0;
};

struct Binding {
  /// By index of Closure::libraries.
  std::vector<BoundObject> objects;
  /// The library that the runtime enters by.
  uint32_t hook = 0;
  bool hasLazy = false;
  Carrier carrier;
  /// The number of the library of the chain that is preloaded; 0 is none.
  uint32_t chain = 0;

  /// How many words are bound and how many relocations are left, in all bound
  /// objects.
  uint64_t wordCount() const;
  uint64_t restCount() const;
};

/// What one dlopen() brings.
struct Plugin {
  /// The file that is opened.
  std::string path;
  /// The program's, with this one group more.
  ResolvedClosure closure;
  /// The words of the group's objects.
  Binding binding;
  /// The group: indices of libraries, breadth first.
  std::vector<uint32_t> members;
};

/// Binds what the program opens by \p path. \p closure is the program's with
/// that plugin alone, the look-ups of the group included. An error where ld.so
/// could come to another answer, or nothing of it is bound.
llvm::Expected<Plugin> bindPlugin(std::string path, ResolvedClosure closure);

/// Binds a program, for an audit object or for a chain of libraries, if one is
/// among its libraries. An error where no part of it can be bound, with the
/// reason.
llvm::Expected<Binding> bindClosure(const ResolvedClosure &closure);

} // namespace objprelink

#endif
