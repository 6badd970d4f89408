// The one source of --help, of the man page and of the shell completion.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;
class Short<string letter, Option option>
    : Flag<["-"], letter>, Alias<option>, HelpText<"Alias for --"#option.Name>;

def group1_what : OptionGroup<"what">, HelpText<"what is reported on (default: the files)">;
def group2_gate : OptionGroup<"gate">, HelpText<"verdicts">;
def group3_closure : OptionGroup<"closure">, HelpText<"with --closure">;
def group4_run : OptionGroup<"run">, HelpText<"with --run">;
def group5_format : OptionGroup<"format">, HelpText<"what is printed, and where">;
def group6_general : OptionGroup<"general">, HelpText<"general">;

let Group = group1_what in {
def closure : F<"closure",
    "Report on all that ld.so would load for each program or library, and on "
    "each look-up that it would do">;
def run : Option<["--"], "run", KIND_REMAINING_ARGS>,
    MetaVarName<"<program> [<argument>...]">,
    HelpText<"Run the program and measure its start; what follows is the "
             "program's">;
def process_eq : Joined<["--"], "process=">, MetaVarName<"<pid>">,
    HelpText<"Report on the memory that the libraries of a running process "
             "have made their own">;
def process : Separate<["--"], "process">, Alias<process_eq>,
    MetaVarName<"<pid>">, HelpText<"Alias for --process=">;
def diff : F<"diff",
    "Take an old and a new file and report on what differs; with --closure two "
    "programs. Either may be a report in JSON, or a folder">;
}

let Group = group2_gate in {
def max_eq : Joined<["--"], "max=">, MetaVarName<"<count>=<n>">,
    HelpText<"Exit with status 3 if a count of the report is larger: "
             "look-ups=400, dirty-pages=20; with --diff also look-ups=+10 and "
             "look-ups=+5%. May be given several times">;
def max : Separate<["--"], "max">, Alias<max_eq>, MetaVarName<"<count>=<n>">,
    HelpText<"Alias for --max=">;
def expect_rewritten : F<"expect-rewritten",
    "Exit with status 3 if a file or an image in a folder has slots that a "
    "rewrite would take, and no note that one has">;
}

let Group = group3_closure in {
def sysroot_eq : Joined<["--"], "sysroot=">, MetaVarName<"<dir>">,
    HelpText<"With --closure, look for everything in this folder as if it "
             "were /">;
def sysroot : Separate<["--"], "sysroot">, Alias<sysroot_eq>,
    MetaVarName<"<dir>">, HelpText<"Alias for --sysroot=">;
def library_path_eq : Joined<["--"], "library-path=">, MetaVarName<"<dirs>">,
    HelpText<"With --closure, what LD_LIBRARY_PATH would be (default: the "
             "environment's, without --sysroot)">;
def preload_eq : Joined<["--"], "preload=">, MetaVarName<"<files>">,
    HelpText<"With --closure, what LD_PRELOAD would be (default: the "
             "environment's, without --sysroot)">;
def plugin_eq : Joined<["--"], "plugin=">, MetaVarName<"<file>">,
    HelpText<"With --closure, a library that the program opens later; may be "
             "given several times">;
def plugin : Separate<["--"], "plugin">, Alias<plugin_eq>,
    MetaVarName<"<file>">, HelpText<"Alias for --plugin=">;
def no_dlopen_notes : F<"no-dlopen-notes",
    "With --closure, leave out what libraries say in .note.dlopen that they "
    "may open">;
def bind_now : F<"bind-now",
    "With --closure, count as if LD_BIND_NOW were set">;
def look_ups : F<"look-ups",
    "With --closure, report each look-up: who asks for what, who has it, and "
    "how many libraries are asked before">;
}

let Group = group4_run in {
def against_eq : Joined<["--"], "against=">, MetaVarName<"<dir>">,
    HelpText<"With --run, also measure the program with the libraries of this "
             "folder, in turns; with 'prebound', started by its table">;
def against : Separate<["--"], "against">, Alias<against_eq>,
    MetaVarName<"<dir>">, HelpText<"Alias for --against=">;
def runs_eq : Joined<["--"], "runs=">, MetaVarName<"<n>">,
    HelpText<"With --run, measure the time of n runs (default: 20)">;
}

let Group = group5_format in {
def format_eq : Joined<["--"], "format=">, MetaVarName<"<format>">,
    Values<"text,json,csv,html">,
    HelpText<"Print the report for people (text, the default), for programs "
             "(json), one table of it (csv), or as a page with plots (html)">;
def table_eq : Joined<["--"], "table=">, MetaVarName<"<key>">,
    HelpText<"The table that --format=csv prints, by the name that it has in "
             "JSON">;
def output : JoinedOrSeparate<["-"], "o">, MetaVarName<"<file>">,
    HelpText<"Write the report here instead of to standard output">;
def output_eq : Joined<["--"], "output=">, Alias<output>,
    MetaVarName<"<file>">, HelpText<"Alias for -o">;
def color_eq : Joined<["--"], "color=">, MetaVarName<"<when>">,
    Values<"auto,always,never">,
    HelpText<"Colour text always, never, or on terminals unless NO_COLOR is "
             "set (auto, the default)">;
def verbose : F<"verbose", "Print the long tables too">;
def : Short<"v", verbose>;
}

let Group = group6_general in {
def jobs : JoinedOrSeparate<["-"], "j">, MetaVarName<"<n>">,
    HelpText<"Use n threads (default: one for each core)">;
def jobs_eq : Joined<["--"], "jobs=">, Alias<jobs>, MetaVarName<"<n>">,
    HelpText<"Alias for -j">;
def help : F<"help", "Print this text">;
def : Short<"h", help>;
def version : F<"version", "Print the version">;
def : Short<"V", version>;
}
