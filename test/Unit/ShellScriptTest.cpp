//===- ShellScriptTest.cpp - what scripts pass their arguments on to ------===//

#include "Program/ShellScript.h"
#include "gtest/gtest.h"

using namespace objprelink;

static std::string read(llvm::StringRef text) {
  std::string out;
  for (const PassedOn &command : findPassedOn(text)) {
    for (const char c : command.program)
      out += c == kUnknownText ? '?' : c;
    out += ":" + std::to_string(command.depth) + " ";
  }
  return out;
}

TEST(ShellScript, FindsWhatGetsTheArguments) {
  EXPECT_EQ(read("#!/bin/sh\nexec /usr/bin/a \"$@\"\n"), "/usr/bin/a:0 ");
  EXPECT_EQ(read("a -x ${1+\"$@\"}; b \"$1\"; c $*"), "a:0 c:0 ");
  EXPECT_EQ(read("exec -a name a \"$@\""), "a:0 ");
  EXPECT_EQ(read("X=1 exec env Y=2 a \"$@\" >log 2>&1 </dev/null"), "a:0 ");
  EXPECT_EQ(read("'/a b' \"$@\"\n/a\\ b \"$@\""), "/a b:0 /a b:0 ");
}

TEST(ShellScript, KnowsVariablesOfOneValue) {
  EXPECT_EQ(read("D=/opt/x\nexec $D/a \"$@\""), "/opt/x/a:0 ");
  EXPECT_EQ(read("N=b\nD=/opt/$N\nexec $D/a \"$@\""), "/opt/b/a:0 ");
  EXPECT_EQ(read("D=/opt/x\nif c; then D=/opt/y; fi\nexec \"$D/a\" \"$@\""),
            "?/a:0 ");
  EXPECT_EQ(read("D=$(dirname \"$0\")\nexec \"${D}/a\" \"$@\""), "?/a:0 ");
  // What may be empty stands before the command.
  EXPECT_EQ(read("exec $DEBUGGER $TRACER \"$d/a\" \"$@\""), "?/a:0 ");
  EXPECT_EQ(read("exec \"$DEBUGGER\" a \"$@\""), "?:0 ");
}

TEST(ShellScript, CountsConditions) {
  EXPECT_EQ(read("if a \"$@\"; then b \"$@\"; else c \"$@\"; fi; d \"$@\""),
            "a:1 b:1 c:1 d:0 ");
  EXPECT_EQ(
      read("case $1 in\n-x) a \"$@\" ;;\n(y|z) b \"$@\";;\nesac\nc \"$@\""),
      "a:1 b:1 c:0 ");
  EXPECT_EQ(
      read("for x in \"$@\"; do a \"$@\"; done; ( b \"$@\" ); { c \"$@\"; }"),
      "a:1 b:1 c:1 ");
}

TEST(ShellScript, PassesByWhatIsNoProgram) {
  EXPECT_EQ(read("set -- \"$@\"\necho \"$@\" # exec a \"$@\"\n"), "");
  EXPECT_EQ(read("cat <<END\nexec a \"$@\"\nEND\nb \"$@\""), "b:0 ");
  // The arguments of a function are others.
  EXPECT_EQ(read("f() {\n  a \"$@\"\n}\nf x\nb \"$@\""), "b:0 ");
  EXPECT_EQ(read("x=$(a \"$@\") y=`b \"$@\"`"), "");
  EXPECT_EQ(read("\"$@\""), "");
}

TEST(ShellScript, EndsWhateverTheTextIs) {
  for (const char *text :
       {"\"", "'", "`", "$(", "${", "\\", "<<", "<<E", "case", ")", "}", "$",
        "f(", "a 2>", "\"$", "(((", "x=$(\""})
    read(text);
}
