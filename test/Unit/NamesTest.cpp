#include "VTable/Names.h"
#include <gtest/gtest.h>

using namespace objprelink;

// hazard V01: names of C that only begin like those of the ABI.
TEST(Names, VTables) {
  EXPECT_TRUE(isVTableName("_ZTV1A"));
  EXPECT_TRUE(isVTableName("_ZTVN1n1AE"));
  EXPECT_TRUE(isVTableName("_ZTVSt9exception"));
  EXPECT_TRUE(isVTableName("_ZTVZ4mainE1L"));
  EXPECT_TRUE(isVTableName("_ZTC1D0_1B"));
  EXPECT_FALSE(isVTableName("_ZTV"));
  EXPECT_FALSE(isVTableName("_ZTVtable"));
  EXPECT_FALSE(isVTableName("_ZTI1A"));
  EXPECT_FALSE(isVTableName("_ZTT1A"));
  EXPECT_FALSE(isVTableName("x_ZTV1A"));
}

// hazard V02, V04: thunks share the prefix of data.
TEST(Names, SpecialData) {
  for (const char *data :
       {"_ZTV1A", "_ZTC1D0_1B", "_ZTT1A", "_ZTI1A", "_ZTS1A", "_ZGVZ1fvE1x"})
    EXPECT_TRUE(isSpecialDataName(data)) << data;
  for (const char *function :
       {"_ZThn16_N1A1fEv", "_ZTv0_n24_N1A1fEv", "_ZTch0_h16_N1A1fEv",
        "__cxa_pure_virtual", "_ZN1A1fEv"})
    EXPECT_FALSE(isSpecialDataName(function)) << function;
}

// Debuggers and profilers show a stub beside its function.
TEST(Names, StubsDemangle) {
  EXPECT_EQ(displayName("_ZN1A1fEv"), "A::f()");
  EXPECT_EQ(displayName(".L_ZN1A1fEv.relay"), "A::f() (.relay)");
  EXPECT_EQ(displayName("plain"), "plain");
}
