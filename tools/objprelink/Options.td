// The one source of --help, of the man pages and of the shell completion.

include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--", "-"], name>, HelpText<help>;
class Short<string letter, Option option>
    : Flag<["-"], letter>, Alias<option>, HelpText<"Alias for --"#option.Name>;

def group1_output : OptionGroup<"output">, HelpText<"where the result goes">;
def group2_slots : OptionGroup<"slots">, HelpText<"which slots, and how">;
def group3_images : OptionGroup<"images">, HelpText<"shared libraries and PIEs">;
def group4_objects : OptionGroup<"objects">, HelpText<"objects and archives">;
def group5_others : OptionGroup<"others">, HelpText<"instead of a rewrite">;
def group6_general : OptionGroup<"general">, HelpText<"general">;

let Group = group1_output in {
def output : JoinedOrSeparate<["-"], "o">, MetaVarName<"<file>">,
    HelpText<"Write the result of the one input here (- is standard output) "
             "instead of over the input">;
def output_eq : Joined<["--"], "output=">, Alias<output>,
    MetaVarName<"<file>">, HelpText<"Alias for -o">;
def in_place : F<"in-place",
    "Rewrite images (shared libraries and PIEs) over themselves; they need "
    "this or -o">;
def dry_run : F<"dry-run", "Print what would change and change nothing">;
def : Short<"n", dry_run>;
}

let Group = group2_slots in {
def slots_eq : Joined<["--"], "slots=">, MetaVarName<"<set>">,
    Values<"undefined,all">,
    HelpText<"Take the slots whose function is undefined in the file "
             "(undefined, the default for objects), or also those of "
             "preemptible functions that it defines (all, the default for "
             "images)">;
def only_slots_eq : Joined<["--"], "only-slots=">, MetaVarName<"<list>">,
    HelpText<"Take no other slots than those with these numbers, which are "
             "those of the lines that -v prints for a file or a member of an "
             "archive: 7 or 3-5,9">;
}

let Group = group3_images in {
def override_bind_now : F<"override-bind-now",
    "With objprelink2, bind the slots of a BIND_NOW image at the first call, "
    "through writable words; all other words stay eager and in RELRO">;
def lazy_eq : Joined<["--"], "lazy=">, MetaVarName<"<set>">,
    Values<"slots,all">,
    HelpText<"With --override-bind-now, bind at the first call only the "
             "slots (slots, the default), or the image's PLT too (all)">;
def plt_eq : Joined<["--"], "plt=">, MetaVarName<"<kind>">,
    Values<"absolute,pic">,
    HelpText<"How the lazy entries of an i386 image find their words: by "
             "absolute addresses, which are text relocations (absolute, the "
             "default), or by their own address, which is slower (pic)">;
def pack_relative_relocs : F<"pack-relative-relocs",
    "Pack the RELATIVE relocations of an image into DT_RELR; it then needs "
    "glibc 2.36. Freed pages take no room on the disk; where the image has "
    "its own debug information they are taken out of the file">;
def pack_relative_relocs_eq : Joined<["--"], "pack-relative-relocs=">,
    MetaVarName<"<when>">, Values<"if-possible">,
    HelpText<"Likewise, but a file that cannot be packed gets the rest of what "
             "is asked for (if-possible), and is not refused">;
def keep_size : F<"keep-size",
    "Leave the pages that packing has freed in the file in any case">;
def shrink_file : F<"shrink-file",
    "Take the pages that packing has freed out of the file in any case; perf "
    "then misreads debug files that are packaged apart">;
def prerelocate : F<"prerelocate",
    "The same as --prerelocate=auto">;
def prerelocate_eq : Joined<["--"], "prerelocate=">, MetaVarName<"<address>">,
    HelpText<"Give an image an address of its own, and apply its relative "
             "relocations in the file for this address: there no page is "
             "written to for them, and elsewhere it is relocated as ever. "
             "auto takes an address that the image's name and build-id give; "
             "set is --prerelocate-set= for the files of the command line">;
def prerelocate_set_eq : Joined<["--"], "prerelocate-set=">,
    MetaVarName<"<dir|list>">,
    HelpText<"Rewrite the images of a set, and give them addresses side by "
             "side: all images below a folder, or the files that a list names, "
             "one on each line (@<file> is a response file, and - standard "
             "input). Those that may be loaded together share no page; those "
             "that can have no address go without. With --undo, take the set's "
             "rewrites back">;
def plugin_eq : Joined<["--"], "plugin=">, MetaVarName<"<file>">,
    HelpText<"Take this file, which what is in the set opens by dlopen(), into "
             "the set; may be given several times">;
def plugin : Separate<["--"], "plugin">, Alias<plugin_eq>,
    MetaVarName<"<file>">, HelpText<"Alias for --plugin=">;
def plugins_from_eq : Joined<["--"], "plugins-from=">,
    MetaVarName<"<recorded|dir>">,
    HelpText<"Let what OBJPRELINK=record objprelink-start has seen the set's "
             "programs open count as their plugins, too, and not only what "
             "notes of dlopen() name (objprelink-note): with the tables where "
             "objprelink-bind puts them (recorded), or in a folder">;
def random_base : F<"random-base",
    "With --prerelocate=auto or --prerelocate-set=, draw the addresses: each "
    "run has others, and a set that has addresses gets new ones">;
def if_worth : F<"if-worth",
    "Do to an image only what pays, which a trial in memory tells: slots where "
    "they save 3 % of its look-ups, packing where it saves 3 % of the bytes of "
    "its relocations, an address where it saves pages; leave it as it is where "
    "nothing does">;
def no_undo_record : F<"no-undo-record",
    "Leave out the section from which --undo makes the old image">;
def keep_overlay : F<"keep-overlay",
    "Take images that have bytes after all that their headers describe, and "
    "keep these at the end">;
}

let Group = group4_objects in {
def i386_scratch_eq : Joined<["--"], "i386-scratch=">, MetaVarName<"<reg>">,
    Values<"auto,none,eax">,
    HelpText<"What an i386 stub may overwrite: nothing (none), eax, which is "
             "faster but breaks regparm functions (eax), or nothing unless the "
             "file asks for a shadow stack (auto, the default)">;
def stub_unwind_tables : F<"stub-unwind-tables",
    "Give the stubs of objects unwind tables, for backtraces out of signal "
    "handlers; not for links by GNU ld with --gc-sections">;
def thin_members : F<"thin-members",
    "Rewrite the files that a thin archive names, which may be anywhere">;
}

let Group = group5_others in {
def undo : F<"undo",
    "Give back the image that a rewritten one was made of, byte for byte">;
def verify : F<"verify",
    "Take two images, an old and a new one; prove that the new one does what "
    "the old one does, and change nothing">;
}

let Group = group6_general in {
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
}
