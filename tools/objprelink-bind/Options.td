// The one source of --help, of the man page and of the shell completion.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;
class Short<string letter, Option option>
    : Flag<["-"], letter>, Alias<option>, HelpText<"Alias for --"#option.Name>;

def group1_action : OptionGroup<"action">, HelpText<"instead of making tables">;
def group2_tables : OptionGroup<"tables">, HelpText<"which tables, and where">;
def group3_general : OptionGroup<"general">, HelpText<"general">;

let Group = group1_action in {
def status : F<"status",
    "Say of each table, or of those of the programs, whether a start would use "
    "it, and if not, why">;
def refresh : F<"refresh",
    "Make those tables anew, of all or of the programs, that are out of date "
    "or that a start has found so">;
def verify : F<"verify",
    "Compare the tables of the programs with what the loader does now">;
def remove : F<"remove", "Remove the tables of the programs">;
def print : F<"print", "Print the tables of the programs in words">;
}

let Group = group2_tables in {
def folder_eq : Joined<["--"], "output=">, MetaVarName<"<dir>">,
    HelpText<"Where tables are (default: /var/cache/objprelink for root, "
             "objprelink in XDG_CACHE_HOME or ~/.cache for others)">;
def folder : Separate<["--"], "output">, Alias<folder_eq>,
    MetaVarName<"<dir>">, HelpText<"Alias for --output=">;
def root_eq : Joined<["--"], "root=">, MetaVarName<"<dir>">,
    HelpText<"The programs and their libraries are those of the system whose "
             "root is <dir>, and none of them is run: the tables are not "
             "compared with the loader. They are kept in its "
             "/var/cache/objprelink">;
def root : Separate<["--"], "root">, Alias<root_eq>, MetaVarName<"<dir>">,
    HelpText<"Alias for --root=">;
def plugins_eq : Joined<["--"], "plugins=">, MetaVarName<"<which>">,
    Values<"recorded,notes,none">,
    HelpText<"Which plugins are bound, too: 'recorded' (those that "
             "OBJPRELINK=record has seen the program open, and those of the "
             "table that is replaced; the default), 'notes' (these, and those "
             "that .note.dlopen names) or 'none'">;
def plugins : Separate<["--"], "plugins">, Alias<plugins_eq>,
    Values<"recorded,notes,none">, MetaVarName<"<which>">, HelpText<"Alias for --plugins=">;
def carrier_eq : Joined<["--"], "carrier=">, MetaVarName<"<how>">,
    Values<"auto,audit,preload">,
    HelpText<"How the runtime gets into the process: 'audit' (by LD_AUDIT), "
             "'preload' (by LD_PRELOAD, with no plugins) or 'auto' (by LD_AUDIT "
             "unless that would do harm; the default)">;
def carrier : Separate<["--"], "carrier">, Alias<carrier_eq>,
    Values<"auto,audit,preload">, MetaVarName<"<how>">, HelpText<"Alias for --carrier=">;
def plugin_eq : Joined<["--"], "plugin=">, MetaVarName<"<file>">,
    HelpText<"Bind a plugin of the program, too">;
def plugin : Separate<["--"], "plugin">, Alias<plugin_eq>,
    MetaVarName<"<file>">, HelpText<"Alias for --plugin=">;
def dry_run : F<"dry-run",
    "Make the tables and verify them, but install nothing">;
def : Short<"n", dry_run>;
}

let Group = group3_general in {
def verbose : F<"verbose",
    "Say what is left to the loader and why; with --print, print each word">;
def : Short<"v", verbose>;
def quiet : F<"quiet", "Say nothing but errors">;
def : Short<"q", quiet>;
def help : F<"help", "Print this text">;
def : Short<"h", help>;
def version : F<"version", "Print the version">;
def : Short<"V", version>;
}
