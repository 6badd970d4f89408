// The options that are not LLD's: the source of what --help adds, of the man
// page and of the shell completion.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;

def objprelink_eq : Joined<["--", "-"], "objprelink=">, MetaVarName<"<mode>">,
    Values<"auto,lazy,relay,off">,
    HelpText<"What vtable slots lead to: lazy entries, or relays where the "
             "output is BIND_NOW (auto, the default, and lazy), relays (relay), "
             "or what LLD has made of them (off)">;
def objprelink_report_eq : Joined<["--", "-"], "objprelink-report=">,
    MetaVarName<"<file>">,
    HelpText<"Write what became of the output to a file, as JSON">;
def objprelink_verbose : F<"objprelink-verbose",
    "Print a line for each slot changed or left alone, with the reason">;
def objprelink_strict : F<"objprelink-strict",
    "Fail where an output cannot be rewritten safely, instead of keeping what "
    "LLD has made, with a remark">;
