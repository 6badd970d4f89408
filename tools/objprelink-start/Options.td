// The source of the options in the man page: main.c has no room for more.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;

def help : F<"help", "Print this text">;
def : Flag<["-"], "h">, Alias<help>, HelpText<"Alias for --help">;
def version : F<"version", "Print the version">;
def : Flag<["-"], "V">, Alias<version>, HelpText<"Alias for --version">;
