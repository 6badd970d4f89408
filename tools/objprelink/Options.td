// The one source of --help, of the man pages and of the shell completion.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;
class Short<string letter, Option option>
    : Flag<["-"], letter>, Alias<option>, HelpText<"Alias for --"#option.Name>;

def output : JoinedOrSeparate<["-"], "o">, MetaVarName<"<file>">,
    HelpText<"Write the result of the one input here (- is standard output) "
             "instead of over the input">;
def output_eq : Joined<["--"], "output=">, Alias<output>,
    MetaVarName<"<file>">, HelpText<"Alias for -o">;

def slots_eq : Joined<["--"], "slots=">, MetaVarName<"<set>">,
    Values<"undefined,all">,
    HelpText<"Take the slots whose function is undefined in the object "
             "(undefined, the default) or also those of preemptible functions "
             "that it defines (all)">;
def i386_scratch_eq : Joined<["--"], "i386-scratch=">, MetaVarName<"<reg>">,
    Values<"auto,none,eax">,
    HelpText<"What an i386 stub may overwrite: nothing (none), eax, which is "
             "faster but breaks regparm functions (eax), or nothing unless the "
             "object asks for a shadow stack (auto, the default)">;
def stub_unwind_tables : F<"stub-unwind-tables",
    "Give stubs unwind tables, for backtraces out of signal handlers; not for "
    "links by GNU ld with --gc-sections">;
def thin_members : F<"thin-members",
    "Rewrite the files that a thin archive names, which may be anywhere">;

def dry_run : F<"dry-run", "Print what would change and change nothing">;
def : Short<"n", dry_run>;
def verbose : F<"verbose",
    "Print a line for each slot changed or left alone, with the reason">;
def : Short<"v", verbose>;
def quiet : F<"quiet", "Print errors only">;
def : Short<"q", quiet>;
def jobs : JoinedOrSeparate<["-"], "j">, MetaVarName<"<n>">,
    HelpText<"Use n threads (default: one for each core)">;
def jobs_eq : Joined<["--"], "jobs=">, Alias<jobs>, MetaVarName<"<n>">,
    HelpText<"Alias for -j">;

def help : F<"help", "Print this text">;
def : Short<"h", help>;
def version : F<"version", "Print the version">;
def : Short<"V", version>;
