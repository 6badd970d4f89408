// hazard L53
// The verifier goes from one instruction to the next by a decoder of its own.
// LLVM's tells how long each one is.
#include "Target/Decoder.h"
#include "llvm-c/Disassembler.h"
#include "llvm/ADT/StringExtras.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace objprelink;

extern "C" void LLVMInitializeX86Disassembler();
extern "C" void LLVMInitializeX86TargetInfo();
extern "C" void LLVMInitializeX86TargetMC();

namespace {
class Instructions : public testing::Test {
protected:
  void SetUp() override {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86Disassembler();
    disassembler =
        LLVMCreateDisasm("x86_64-linux-gnu", nullptr, 0, nullptr, nullptr);
  }
  void TearDown() override { LLVMDisasmDispose(disassembler); }

  /// Compares what is known of the first instruction, if it is one.
  void compare(std::vector<uint8_t> bytes) {
    bytes.resize(20, 0x11);
    char text[200];
    const size_t size = LLVMDisasmInstruction(
        disassembler, bytes.data(), bytes.size(), 0, text, sizeof(text));
    // Prefixes that are alone.
    if (!size || size > 15 ||
        !StringRef(text).trim().contains_insensitive("\t"))
      return;
    ++tried;
    const std::optional<DecodedInstruction> is =
        getX86_64Decoder().instruction(bytes);
    const StringRef what = StringRef(text).trim();
    if (!is)
      ++unknown;
    else if (is->size != size)
      wrong.push_back(toHex(ArrayRef(bytes).take_front(size)) + " " +
                      what.str() + ": " + std::to_string(is->size));
    else if (what.contains("(%rip)") && !is->field)
      wrong.push_back("no distance: " + what.str());
  }

  LLVMDisasmContextRef disassembler = nullptr;
  unsigned tried = 0, unknown = 0;
  std::vector<std::string> wrong;
};
} // namespace

TEST_F(Instructions, HaveTheirSizes) {
  const std::vector<uint8_t> prefixes[] = {{},     {0x66}, {0x67},      {0xf2},
                                           {0xf3}, {0x48}, {0x66, 0x41}};
  const std::vector<uint8_t> maps[] = {{}, {0x0f}, {0x0f, 0x38}, {0x0f, 0x3a}};
  // Of each group of opcodes, and with each form of an address.
  const uint8_t operands[] = {0x05, 0x0d, 0x15, 0x3d, 0x04, 0x44,
                              0x84, 0x40, 0x80, 0xc0, 0xc8, 0xf8};
  for (const auto &prefix : prefixes)
    for (const auto &map : maps)
      for (unsigned opcode = 0; opcode < 256; ++opcode)
        for (uint8_t operand : operands)
          for (uint8_t index : {0x25, 0x24}) {
            std::vector<uint8_t> bytes = prefix;
            bytes.insert(bytes.end(), map.begin(), map.end());
            bytes.insert(bytes.end(), {uint8_t(opcode), operand, index});
            compare(bytes);
          }
  // VEX of two and three bytes, and EVEX.
  for (unsigned opcode = 0; opcode < 256; ++opcode)
    for (uint8_t operand : operands) {
      for (uint8_t payload : {0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd})
        compare({0xc5, payload, uint8_t(opcode), operand, 0x25});
      for (uint8_t map : {1, 2, 3})
        for (uint8_t payload : {0x78, 0x79, 0x7a, 0x7b, 0xf9, 0xfd, 0x7d}) {
          compare({0xc4, uint8_t(0xe0 | map), payload, uint8_t(opcode), operand,
                   0x25});
          for (uint8_t mode : {0x08, 0x48})
            compare({0x62, uint8_t(0xf0 | map), uint8_t(payload | 4), mode,
                     uint8_t(opcode), operand, 0x25});
        }
    }
  EXPECT_GT(tried, 50000u);
  // APX, and branches with a prefix that processors do not agree on.
  EXPECT_LT(unknown, tried / 25);
  EXPECT_TRUE(wrong.empty());
  for (const std::string &text : ArrayRef(wrong).take_front(20))
    ADD_FAILURE() << text;
}

TEST_F(Instructions, HaveTheirDistances) {
  const auto fieldOf = [](std::vector<uint8_t> bytes) {
    bytes.resize(20);
    return unsigned(getX86_64Decoder().instruction(bytes)->field);
  };
  EXPECT_EQ(fieldOf({0x48, 0x8d, 0x05}), 3u);                // lea
  EXPECT_EQ(fieldOf({0x66, 0xc7, 0x05}), 3u);                // movw $, (%rip)
  EXPECT_EQ(fieldOf({0xe8}), 1u);                            // call
  EXPECT_EQ(fieldOf({0x0f, 0x84}), 2u);                      // je
  EXPECT_EQ(fieldOf({0xc5, 0xf8, 0x10, 0x05}), 4u);          // vmovups
  EXPECT_EQ(fieldOf({0x62, 0xf1, 0x7c, 0x48, 0x10, 5}), 6u); // of EVEX
  EXPECT_EQ(fieldOf({0x48, 0x05}), 0u);                      // add $, %rax
  EXPECT_EQ(fieldOf({0x8b, 0x04, 0x25}), 0u); // mov of an address
  EXPECT_FALSE(getX86_64Decoder().instruction(Bytes()));
  // Cut off, and none.
  EXPECT_FALSE(getX86_64Decoder().instruction({0xe8, 0, 0, 0}));
  EXPECT_FALSE(getX86_64Decoder().instruction({0x06, 0, 0, 0, 0, 0}));
}
