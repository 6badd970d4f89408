//===- BindObject.h - the words of one object -------------------*- C++ -*-===//

#ifndef OBJPRELINK_BINDING_BINDOBJECT_H
#define OBJPRELINK_BINDING_BINDOBJECT_H

#include "Binding/Binding.h"

namespace objprelink {

/// Whether ld.so's view of the dynamic table can be changed in memory.
bool hasWritableDynamic(const Image &image);

class Overlaps;

class ObjectBinder {
public:
  /// \p isCalled says whose indirect functions are called at each start.
  ObjectBinder(const ResolvedClosure &closure,
               const std::vector<bool> &isCalled)
      : closure(closure), isCalled(isCalled) {}

  /// Fills in the words and the rest of library \p index, or the reason why it
  /// is left to ld.so.
  void bind(uint32_t index, BoundObject &object) const;
  /// Fills in a relative word that tells whether it has been relocated, if
  /// there is one.
  static void findProbe(const Closure &closure, uint32_t index,
                        BoundObject &object);

private:
  bool isAllowed(uint32_t index, uint32_t provider) const;
  bool bindPlt(uint32_t index, BoundObject &object, Overlaps &overlaps) const;
  std::string findObstacle(uint32_t index, const BoundObject &object) const;
  void findSymbolicProbe(uint32_t index, BoundObject &object) const;
  uint64_t fromBase(const BoundWord &word) const;
  std::optional<BoundWord> bindWord(uint32_t index,
                                    const Relocation &relocation) const;
  std::optional<BoundWord> bindSymbol(uint32_t index,
                                      const Relocation &relocation) const;

  const ResolvedClosure &closure;
  const std::vector<bool> &isCalled;
};

} // namespace objprelink

#endif
