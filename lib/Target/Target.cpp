#include "Target/Target.h"
#include "Support/Diagnostics.h"

using namespace objprelink;

const Target *objprelink::findTarget(uint16_t machine, bool is64) {
  for (const Target *target : {&getX86_64Target(), &getI386Target()})
    if (target->machine == machine && target->is64 == is64)
      return target;
  return nullptr;
}

const Machine *objprelink::findMachine(uint16_t number, bool is64) {
  return findTarget(number, is64);
}

const Machine *objprelink::findMachine(llvm::StringRef emulation) {
  for (const Target *target : {&getX86_64Target(), &getI386Target()})
    if (target->emulation == emulation)
      return target;
  return nullptr;
}

llvm::Expected<const Target &> objprelink::supportedTarget(uint16_t machine,
                                                           bool is64) {
  if (const Target *target = findTarget(machine, is64))
    return *target;
  return error("machine {0} is not supported", machine);
}
