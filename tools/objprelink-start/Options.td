// The source of the options in the man page: main.c has no room for more.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;

def table_eq : Joined<["--"], "table=">, MetaVarName<"<file>">,
    HelpText<"Use this table and no other. Nobody but root and the user may "
             "write to it and to its folder">;
def via_eq : Joined<["--"], "via=">, MetaVarName<"<paths>">,
    HelpText<"The program of the table, which --table names, is not <program> "
             "itself, a script perhaps, but one that it starts, by way of these "
             "programs, which are separated by colons">;

def help : F<"help", "Print this text">;
def : Flag<["-"], "h">, Alias<help>, HelpText<"Alias for --help">;
def version : F<"version", "Print the version">;
def : Flag<["-"], "V">, Alias<version>, HelpText<"Alias for --version">;
