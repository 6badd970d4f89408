// The one source of --help, of the man page and of the shell completion.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;
class Short<string letter, Option option>
    : Flag<["-"], letter>, Alias<option>, HelpText<"Alias for --"#option.Name>;

def group1_notes : OptionGroup<"notes">, HelpText<"what is added">;
def group2_output : OptionGroup<"output">, HelpText<"where the result goes">;
def group3_others : OptionGroup<"others">, HelpText<"instead of that">;
def group4_general : OptionGroup<"general">, HelpText<"general">;

let Group = group1_notes in {
def add_eq : Joined<["--"], "add=">, MetaVarName<"<name>[,<name>]...">,
    HelpText<"Add an entry: the file opens the library of this name by "
             "dlopen(), or, of several names, the first that is there; may be "
             "given several times">;
def add : Separate<["--"], "add">, Alias<add_eq>,
    MetaVarName<"<name>[,<name>]...">, HelpText<"Alias for --add=">;
def feature_eq : Joined<["--"], "feature=">, MetaVarName<"<word>">,
    HelpText<"What the library is for, in a word (default: the name of the "
             "library without lib and .so)">;
def description_eq : Joined<["--"], "description=">, MetaVarName<"<text>">,
    HelpText<"The same in a sentence">;
def priority_eq : Joined<["--"], "priority=">, MetaVarName<"<priority>">,
    Values<"required,recommended,suggested">,
    HelpText<"How much the file wants it, for package managers: it does not "
             "work without (required), mostly wants it (recommended, what is "
             "assumed without this option), or can use it (suggested)">;
def no_undo_record : F<"no-undo-record",
    "Leave out the section from which --undo makes the old image">;
def keep_overlay : F<"keep-overlay",
    "Take images that have bytes after all that their headers describe, and "
    "keep these at the end">;
}

let Group = group2_output in {
def output : JoinedOrSeparate<["-"], "o">, MetaVarName<"<file>">,
    HelpText<"Write the result of the one input here (- is standard output)">;
def output_eq : Joined<["--"], "output=">, Alias<output>,
    MetaVarName<"<file>">, HelpText<"Alias for -o">;
def in_place : F<"in-place", "Write the results over the inputs">;
def dry_run : F<"dry-run", "Say what would be done and change nothing">;
def : Short<"n", dry_run>;
}

let Group = group3_others in {
def undo : F<"undo",
    "Give back the image that notes were added to, byte for byte">;
def verify : F<"verify",
    "Take two images, an old and a new one; prove that the new one is the old "
    "one with a note more, and change nothing">;
def json : F<"json", "Print notes as JSON, as the format has them">;
}

let Group = group4_general in {
def quiet : F<"quiet", "Print errors only">;
def : Short<"q", quiet>;
def help : F<"help", "Print this text">;
def : Short<"h", help>;
def version : F<"version", "Print the version">;
def : Short<"V", version>;
}
