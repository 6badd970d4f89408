//===- DesktopEntryTest.cpp - copies of desktop entries -------------------===//

#include "Program/DesktopEntry.h"
#include "gtest/gtest.h"

using namespace objprelink;

static std::string lead(llvm::StringRef program) {
  return program.contains("kate") ? "/our bin/100%$" : "";
}

static std::string copy(llvm::StringRef text) {
  llvm::Expected<std::string> out = copyDesktopEntry(text, "kate", lead);
  return out ? *out : llvm::toString(out.takeError());
}

TEST(DesktopEntry, FindsTheProgramOfExec) {
  EXPECT_EQ(programOfExec("kate -b %U"), "kate");
  EXPECT_EQ(programOfExec("env A=1 B=2 kate"), "kate");
  EXPECT_EQ(programOfExec("/usr/bin/env -u A kate"), "A");
  EXPECT_EQ(programOfExec("\"/opt/a b/kate\" %u"), "/opt/a b/kate");
  EXPECT_EQ(programOfExec("\"/opt/\\\\$x/kate\""), "/opt/$x/kate");
  EXPECT_EQ(programOfExec("a\\skate"), "a");
  EXPECT_EQ(programOfExec(""), "");
}

TEST(DesktopEntry, LeadsExecLinesAndKeepsTheRest) {
  EXPECT_EQ(copy("# comment\n[Desktop Entry]\nName=Kate\nName[de]=K=te\n"
                 "Exec=env A=1 kate -b \"a b\" %U\nTryExec=kate\n\n"
                 "[Desktop Action new]\nExec = other kate\n"),
            "# comment\n[Desktop Entry]\nX-Objprelink-Program=kate\n"
            "Name=Kate\nName[de]=K=te\n"
            "Exec=env A=1 \"/our bin/100%%\\\\$\" -b \"a b\" %U\n"
            "TryExec=kate\n\n[Desktop Action new]\nExec = other kate\n");
}

TEST(DesktopEntry, QuotesTwice) {
  // The value is a string with escapes, and its words have quotes.
  const std::string text = copy("[Desktop Entry]\nExec=kate a\\\\b\n");
  EXPECT_EQ(valueInDesktopEntry(text, "Exec"),
            "\"/our bin/100%%\\\\$\" a\\\\b");
  EXPECT_EQ(programOfExec(valueInDesktopEntry(text, "Exec")),
            "/our bin/100%%$");
  EXPECT_EQ(valueInDesktopEntry(text, kDesktopMark), "kate");
}

TEST(DesktopEntry, HasExecStartWhatDBusWould) {
  EXPECT_EQ(copy("[Desktop Entry]\nDBusActivatable=true\nExec=kate\n"),
            "[Desktop Entry]\nX-Objprelink-Program=kate\n"
            "DBusActivatable=false\nExec=\"/our bin/100%%\\\\$\"\n");
  EXPECT_EQ(copy("[Desktop Entry]\nDBusActivatable=true\nExec=kate\n"
                 "[Desktop Action new]\nName=New\n"),
            "D-Bus starts it, and the group 'Desktop Action new' has no Exec");
}
