#include "Target/Decoder.h"

using namespace objprelink;

const Decoder *objprelink::findDecoder(uint16_t machine, bool is64) {
  for (const Decoder *decoder : {&getX86_64Decoder(), &getI386Decoder()})
    if (decoder->machine == machine && decoder->is64 == is64)
      return decoder;
  return nullptr;
}
