// The one source of --help, of the man page and of the shell completion. No
// option takes its value from the next argument: the first argument that is no
// option is the command.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;
class Short<string letter, Option option>
    : Flag<["-"], letter>, Alias<option>, HelpText<"Alias for --"#option.Name>;

def mode_eq : Joined<["--"], "mode=">, MetaVarName<"<mode>">,
    Values<"auto,lazy,relay,off">,
    HelpText<"What links do with vtable slots that do not say it themselves: "
             "bind them at the first call (lazy), when the library loads "
             "(relay), whichever suits the output (auto, the default), or "
             "nothing (off)">;
def log_eq : Joined<["--"], "log=">, MetaVarName<"<file>">,
    HelpText<"Append a line of JSON for each link to this file">;
def linker_eq : Joined<["--"], "linker=">, MetaVarName<"<linker>">,
    HelpText<"Have ld.objprelink link with another linker than LLD: bfd, gold, "
             "mold, another name of PATH, or the one that each link names "
             "(named), or LLD unless -fuse-ld=, GCC's -flto or named versions need that (named-or-lld). A path "
             "is a program to link with instead of the ld.objprelink that was "
             "installed with this one">;
def no_preload : F<"no-preload",
    "Preload no library into the programs of the build: linkers that it names "
    "by path are not caught">;

def verbose : F<"verbose", "Print a line for each link">;
def : Short<"v", verbose>;
def quiet : F<"quiet", "Print errors only">;
def : Short<"q", quiet>;

def help : F<"help", "Print this text">;
def : Short<"h", help>;
def version : F<"version", "Print the version">;
def : Short<"V", version>;
