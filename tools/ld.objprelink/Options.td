// The options that are not LLD's: the source of what --help adds, of the man
// page and of the shell completion.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;

def objprelink_eq : Joined<["--", "-"], "objprelink=">, MetaVarName<"<mode>">,
    Values<"auto,lazy,relay,off">,
    HelpText<"What vtable slots lead to: lazy entries, or relays where the "
             "output is BIND_NOW (auto, the default, and lazy), relays (relay), "
             "or what the linker has made of them (off)">;
def objprelink_linker_eq : Joined<["--", "-"], "objprelink-linker=">,
    MetaVarName<"<linker>">,
    HelpText<"Link with another linker than LLD and rewrite what it has made: "
             "bfd, gold, mold, another name of PATH with or without \"ld.\", "
             "a path, or the linker whose name this program is called by "
             "(named), or that only if -fuse-ld= has named it, GCC links with "
             "-flto or a version script names versions, and LLD if not "
             "(named-or-lld)">;
def objprelink_prerelocate : F<"objprelink-prerelocate",
    "The same as --objprelink-prerelocate=auto">;
def objprelink_prerelocate_eq : Joined<["--", "-"],
    "objprelink-prerelocate=">, MetaVarName<"<address>">,
    HelpText<"Give a shared library an address of its own, and apply its "
             "relative relocations in the file for this address: there no page "
             "is written to for them, and elsewhere it is relocated as ever. "
             "auto takes an address that its name gives">;
def objprelink_report_eq : Joined<["--", "-"], "objprelink-report=">,
    MetaVarName<"<file>">,
    HelpText<"Write what became of the output to a file, as JSON">;
def objprelink_verbose : F<"objprelink-verbose",
    "Print a line for each slot changed or left alone, with the reason">;
def objprelink_strict : F<"objprelink-strict",
    "Fail where an output cannot be rewritten safely, instead of keeping what "
    "LLD has made, with a remark">;
