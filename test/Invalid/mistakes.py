"""Makes mistakes, and compares the answers with the table below.

usage: mistakes.py OBJPRELINK1 OBJECT IMAGE
"""

import os
import subprocess
import sys

BIN = os.path.dirname(sys.argv[1])
OBJECT, IMAGE = sys.argv[2:]

# Program: [(arguments, status, text of the answer)]. A and SO are files.
TABLE = {
    "objprelink1": [
        ("", 2, "error: no input files"),
        ("--bogus A", 2, "error: unknown option --bogus"),
        ("--verbos A", 2, "unknown option --verbos; did you mean --verbose?"),
        ("--quite A", 2, "unknown option --quite; did you mean --quiet?"),
        ("--inplace SO", 2, "unknown option --inplace; did you mean --in-place?"),
        ("--dryrun A", 2, "unknown option --dryrun; did you mean --dry-run?"),
        ("--slot=all A", 2, "unknown option --slot=all; did you mean --slots=all?"),
        ("--output A", 2, "unknown option --output; did you mean --output=?"),
        ("--overide-bind-now SO", 2, "did you mean --override-bind-now?"),
        ("--pack-relative-reloc SO", 2, "did you mean --pack-relative-relocs?"),
        ("-x A", 2, "unknown option -x"),
        ("-nx A", 2, "unknown option -x"),
        ("--slots=some A", 2, "unknown value in --slots=some; it can be undefined, all"),
        ("--slots=al A", 2, "did you mean all? It can be undefined, all"),
        ("--slots= A", 2, "unknown value in --slots=; it can be undefined, all"),
        ("--i386-scratch=ebx A", 2, "It can be auto, none, eax"),
        ("--i386-scratch=exa A", 2, "it can be auto, none, eax"),
        ("--plt=pci SO", 2, "unknown value in --plt=pci"),
        ("--plt=absolut SO", 2, "did you mean absolute? It can be absolute, pic"),
        ("--lazy=slot SO", 2, "did you mean slots? It can be slots, all"),
        ("--pack-relative-relocs=maybe SO", 2, "it can be if-possible"),
        ("--pack-relative-relocs=possible SO", 2, "it can be if-possible"),
        ("-j0 A", 2, "not a number of threads: 0"),
        ("-jx A", 2, "not a number of threads: x"),
        ("--jobs=-1 A", 2, "not a number of threads: -1"),
        ("A -o", 2, "-o needs a value"),
        ("A --output=", 2, "-o needs a file name"),
        ("A A -o new", 2, "-o takes one input, not 2"),
        ("SO -o new --in-place", 2, "-o and --in-place exclude each other"),
        ("SO --keep-size --shrink-file -o new", 2, "--keep-size and --shrink-file exclude each other"),
        ("-q -v A", 2, "--quiet and --verbose exclude each other"),
        ("--only-slots=x A", 2, 'neither a slot number nor a range of them: "x"'),
        ("--only-slots=4-2 A", 2, "there are no slots with the numbers 4-2"),
        ("--only-slots=0 A", 2, "there are no slots with the numbers 0"),
        ("--override-bind-now SO -o new", 2, "objprelink1 makes nothing lazy"),
        ("--lazy=all SO -o new", 2, "objprelink1 makes nothing lazy"),
        ("--undo --verify SO SO", 2, "--undo and --verify exclude each other: one writes"),
        ("--verify SO", 2, "--verify takes two files, not 1"),
        ("--verify A SO", 1, "error: a.o: not a shared library or PIE"),
        ("--verify SO A", 1, "error: a.o: not a shared library or PIE"),
        ("--verify none SO", 1, "error: none: No such file or directory"),
        ("--verify SO none", 1, "error: none: No such file or directory"),
        ("none", 1, "error: none: No such file or directory"),
        ("SO", 1, "rewritten to -o <file>, or over itself with --in-place"),
        ("--undo SO", 1, "error: a.so: a shared library or PIE is rewritten to -o"),
        ("--undo A -o new", 1, "error: a.o: only shared libraries and PIEs have an undo record"),
        ("--undo SO -o new", 1, "error: a.so: "),
        ("--prerelocate-set SO", 2, "did you mean --prerelocate-set=?"),
        ("--prerelocate-set=SO", 1, "error: SO: No such file or directory"),
        ("--prerelocate-set=empty", 1, "error: empty: no images in this set"),
        ("--prerelocate-set=empty --prerelocate=0x1000", 2, "address of its own, and --prerelocate="),
        ("--plugin=SO SO", 2, "--plugin= and --plugins-from= are for --prerelocate-set="),
        ("--plugins-from=notes SO", 2, "--plugins-from=notes is neither recorded nor a folder of tables"),
        ("--random-base SO -o new", 2, "--prerelocate=auto and --prerelocate-set="),
        # What does nothing.
        ("-n --keep-size SO", 0, "--keep-size has no effect without --pack-relative-relocs"),
        ("-n --shrink-file SO", 0, "--shrink-file has no effect without --pack"),
        ("-n --plt=pic A", 0, "a.o: --plt=pic has no effect: it is for shared libraries and PIEs"),
        ("-n --no-undo-record A", 0, "a.o: --no-undo-record has no effect"),
        ("-n --pack-relative-relocs A", 0, "a.o: --pack-relative-relocs has no effect"),
        ("-n --i386-scratch=eax SO", 0, "a.so: --i386-scratch=eax has no effect: it is for objects"),
        ("-n --stub-unwind-tables SO", 0, "a.so: --stub-unwind-tables has no effect"),
        ("-n --thin-members A", 0, "a.o: --thin-members has no effect: it is for thin archives"),
        ("--verify --slots=all SO SO", 0, "--slots=all has no effect with --verify"),
    ],
    "objprelink2": [
        ("--lazzy=all SO", 2, "unknown option --lazzy=all; did you mean --lazy=all?"),
        ("--verfy SO SO", 2, "unknown option --verfy; did you mean --verify?"),
        ("-n --lazy=all SO", 0, "--lazy=all: the PLT is lazy already"),
    ],
    "objprelink-report": [
        ("", 2, "no input files"),
        ("--formt=json A", 2, "unknown option --formt=json; did you mean --format=json?"),
        ("--format=jsn A", 2, "did you mean json? It can be text, json, csv, html"),
        ("--format=xml A", 2, "unknown value in --format=xml"),
        ("--color=yes A", 2, "it can be auto, always, never"),
        ("--format=csv --table=relocation SO", 1, "did you mean relocations? It can be relocations,"),
        ("--table=slots A", 2, "--table is for --format=csv"),
        ("--closure --process=1", 2, "--closure, --run and --process exclude each other"),
        ("--diff A", 2, "--diff takes two files, not 1"),
        ("--diff A SO", 1, "a.o and a.so are not of one kind: object, shared library"),
        ("--sysroot=/ A", 2, "--sysroot= is for --closure"),
        ("--runs=3 A", 2, "--runs= is for --run"),
        ("--runs=0 --run true", 2, "--runs=0 is not a positive number"),
        ("--run", 2, "--run needs a program"),
        ("--process=x", 2, "--process=x is not a positive number"),
        ("--max look-ups SO", 2, '"look-ups" is no limit: they are like look-ups=400'),
        ("--max lookups=3 SO", 1, "did you mean look-ups? It can be "),
        ("--max look-ups=+3 SO", 2, "--max=look-ups=+3 needs --diff"),
        ("--max", 2, "--max needs a value"),
        ("--expect-rewritten --closure SO", 2, "--expect-rewritten is for files and folders"),
        ("--expect-rewriten SO", 2, "did you mean --expect-rewritten?"),
        ("-o none/out A", 1, "none/out: No such file or directory"),
        ("empty", 1, "empty: no images in this folder"),
        ("report.json", 1, "error: report.json: not a report of objprelink-report"),
        ("--closure script", 1, "a script, and it is not known what it starts: "),
    ],
    "objprelink-note": [
        ("", 2, "no input files"),
        ("--ad=x SO", 2, "unknown option --ad=x; did you mean --add=x?"),
        ("--add=x --undo SO", 2, "--add=, --undo and --verify exclude each other"),
        ("--add=\x7f SO -o new", 2, "is no text in UTF-8, or has a control character"),
        ("--add= SO -o new", 2, "an empty name of a library"),
        ("--add=a,,b SO -o new", 2, "an empty name of a library"),
        ("--add=x --priority=must SO", 2, "it can be required, recommended, suggested"),
        ("--feature=x SO", 2, "--feature=x is for --add="),
        ("-n SO", 2, "-n is for --add= and --undo"),
        ("--json --undo SO", 2, "--json is for printing notes"),
        ("--verify SO", 2, "--verify takes two files, not 1"),
        ("--add=x SO SO -o new", 2, "-o takes one input, not 2"),
        ("--add=x SO -o new --in-place", 2, "-o and --in-place exclude each other"),
        ("--add=x SO", 1, "rewritten to -o <file>, or over itself with --in-place"),
        ("--add=x A -o new", 1, "a.o: no shared library or PIE, to which notes are added"),
        ("--undo SO -o new", 1, "a.so: no record of added notes: none were added"),
        ("--verify A SO", 1, "a.o: no shared library or PIE"),
        ("A", 1, "error: a.o: "),
        ("none", 1, "error: none: No such file or directory"),
    ],
    "objprelink-build": [
        ("", 2, "no command"),
        ("--mode=lazzy true", 2, "did you mean lazy? It can be auto, lazy, relay, off"),
        ("--log= true", 2, "--log= needs a file name"),
        ("-q -v true", 2, "--quiet and --verbose exclude each other"),
        ("--no-prelod true", 2, "unknown option --no-prelod; did you mean --no-preload?"),
    ],
    "objprelink-bind": [
        ("", 2, "no programs"),
        ("--plugins=recordd true", 2, "did you mean recorded? It can be recorded, notes, none"),
        ("--statsu", 2, "unknown option --statsu; did you mean --status?"),
        ("--status --remove true", 2, "exclude each other"),
    ],
    "objprelink-start": [
        ("", 2, "no program"),
        ("--bogus", 2, "unknown argument: --bogus"),
    ],
    "ld.objprelink": [
        ("--objprelink-strickt", 1, "'--objprelink-strickt'; did you mean --objprelink-strict?"),
        ("--objprelink=lazzy", 1, "did you mean lazy? It can be auto, lazy, relay, off, yes, no, 1, 0"),
        ("--objprelink-report A", 1, "did you mean --objprelink-report=?"),
    ],
}
# The same mistake in the environment.
WISHES = {"ld.objprelink": ("", 1, "unknown value in OBJPRELINK=ys; did you mean yes?"),
          "objprelink-start": ("true", 2, "unknown value in OBJPRELINK; it can be use, yes, 1,")}


def answer(program, arguments, wish=None):
    words = [{"A": OBJECT, "SO": IMAGE}.get(word, word) for word in arguments.split()]
    environment = {**os.environ, **({"OBJPRELINK": wish} if wish else {})}
    done = subprocess.run([os.path.join(BIN, program), *words], env=environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def main():
    os.mkdir("empty")
    with open("report.json", "w") as file:
        file.write("{}")
    with open("script", "w") as file:
        file.write("#!/bin/sh\n")
    before = sorted(os.listdir("."))
    mistakes = [(p, *row, None) for p, rows in TABLE.items() for row in rows]
    mistakes += [(p, *row, "ys") for p, row in WISHES.items()]
    if not os.path.exists(os.path.join(BIN, "objprelink-bind")):
        mistakes = [m for m in mistakes if m[0] not in ("objprelink-bind", "objprelink-start")]
    wrong = 0
    for program, arguments, status, text, wish in mistakes:
        is_status, said = answer(program, arguments, wish)
        if is_status != status or text not in said:
            wrong += 1
            print(f"{program} {arguments}: status {is_status}, not {status}: {said!r} has no {text!r}")
    if not wrong and before == sorted(os.listdir(".")) and len(mistakes) >= 75:
        print(len(mistakes), "mistakes, all answered, nothing written")


main()
