// The one source of --help, of the man page and of the shell completion.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;
class Short<string letter, Option option>
    : Flag<["-"], letter>, Alias<option>, HelpText<"Alias for --"#option.Name>;

def user : F<"user",
    "As root, too: entries are the user's own, in the folders of XDG_DATA_HOME">;
def all : F<"all",
    "With refresh and remove: all entries. For refresh, one that cannot be made "
    "anew is no failure, since its program starts as ever, and one whose program "
    "is gone is removed">;
def root_eq : Joined<["--"], "root=">, MetaVarName<"<dir>">,
    HelpText<"The programs are those of the image whose root is <dir>, and none "
             "of them is run. Its libraries are rewritten in place where that "
             "pays; undo gives them back">;
def root : Separate<["--"], "root">, Alias<root_eq>, MetaVarName<"<dir>">,
    HelpText<"Alias for --root=">;
def allow_eq : Joined<["--"], "allow=">, MetaVarName<"<what>">,
    Values<"lazy-slots,lazy-bind-now">,
    HelpText<"With --root: give something up for fewer look-ups. 'lazy-slots': in "
             "rewritten libraries without BIND_NOW, virtual calls go through "
             "words that stay writable, as calls through their PLT do. "
             "'lazy-bind-now': rewritten libraries lose BIND_NOW, too">;
def allow : Separate<["--"], "allow">, Alias<allow_eq>, MetaVarName<"<what>">,
    HelpText<"Alias for --allow=">;
def format_eq : Joined<["--"], "format=">, MetaVarName<"<format>">,
    Values<"text,json">,
    HelpText<"What plan, list and check print: 'text' (the default) or 'json'">;
def format : Separate<["--"], "format">, Alias<format_eq>,
    MetaVarName<"<format>">, HelpText<"Alias for --format=">;
def plugins_eq : Joined<["--"], "plugins=">, MetaVarName<"<which>">,
    Values<"recorded,notes,none">,
    HelpText<"With add, without --root: which plugins are bound, too, as objprelink-bind has it "
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
