// The one source of --help, of the man page and of the shell completion.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;
class Short<string letter, Option option>
    : Flag<["-"], letter>, Alias<option>, HelpText<"Alias for --"#option.Name>;

def user : F<"user",
    "As root, too: entries are the user's own, in the folders of XDG_DATA_HOME">;
def all : F<"all",
    "With refresh: all entries. One that cannot be made anew is no failure, "
    "since its program starts as ever, and one whose program is gone is removed">;
def format_eq : Joined<["--"], "format=">, MetaVarName<"<format>">,
    Values<"text,json">,
    HelpText<"What plan, list and check print: 'text' (the default) or 'json'">;
def format : Separate<["--"], "format">, Alias<format_eq>,
    MetaVarName<"<format>">, HelpText<"Alias for --format=">;
def plugins_eq : Joined<["--"], "plugins=">, MetaVarName<"<which>">,
    Values<"recorded,notes,none">,
    HelpText<"With add: which plugins are bound, too, as objprelink-bind has it "
             "(default: recorded)">;
def plugins : Separate<["--"], "plugins">, Alias<plugins_eq>,
    MetaVarName<"<which>">, HelpText<"Alias for --plugins=">;
def verbose : F<"verbose", "Say what is left out, and why">;
def : Short<"v", verbose>;
def quiet : F<"quiet", "Say nothing but errors">;
def : Short<"q", quiet>;

def help : F<"help", "Print this text">;
def : Short<"h", help>;
def version : F<"version", "Print the version">;
def : Short<"V", version>;
