"""What other programs that read ELF files find wrong with one."""

import os
import re
import shutil
import subprocess
import tempfile

# A reader that takes longer goes round in circles.
SECONDS = 300
READERS = {
    "readelf": ["readelf", "-aW", "--lint"],
    # By the dynamic table rather than by the section headers.
    "readelf -D": ["readelf", "-aWD"],
    "llvm-readelf": [
        next(filter(shutil.which, ("llvm-readelf-22", "llvm-readelf")), "llvm-readelf"),
        *"--all --wide --dyn-relocations --dyn-syms --hash-table".split(),
        *"--gnu-hash-table --addrsig --cg-profile".split(),
    ],
    "eu-elflint": ["eu-elflint", "--gnu-ld"],
}
# What they say without a reason. eu-elflint knows neither the owner of our note
# nor DT_RELR's sections; and it takes a relocation's place to be as large as its
# symbol, a function, so that it seems to reach into a segment above; and it looks
# for a program's copy relocations in the first table, which .rela.plt is where
# .rela.dyn has moved; and it reads what stands behind DT_NULL, where ltrace looks
# for the number of the PLT's entries (docs/debuggers.md); and it takes R_X86_64_NONE
# and R_386_NONE for types that no object has. llvm-readelf takes the
# .eh_frame sections of several COMDAT groups for one.
NO_COMPLAINT = re.compile(
    "owner name 'objprelink'|'.relr.dyn' has wrong type|read-only section modified"
    "|version index [0-9]+ is for requested version"
    "|At most two relocations per offset are supported"
    "|more than one entry with tag PLTRELSZ|non-DT_NULL entries follow DT_NULL"
    "|[.]objprelink[.]text': relocation [0-9]+: relocation type invalid"
)
# Some complaints are found in the midst of the output.
AMONG_OTHERS = re.compile(r"<corrupt|<unknown|[Ww]arning:|\berror:")


def missing():
    """The programs that are not here."""
    programs = (command[0] for command in READERS.values())
    return sorted({program for program in programs if not shutil.which(program)})


def without_numbers(line, *paths):
    """A complaint without what differs between two files that have it."""
    for path in paths:
        line = line.replace(str(path), "FILE")
    line = re.sub(r"\b(?:0x[0-9a-f]+|[0-9a-f]*\d[0-9a-f]*)\b", "N", line)
    return line.replace("[ N]", "[N]").strip()


def complaints_of(reader, path):
    """What one of READERS complains of, each line once. That it fails is a
    complaint, unless it is for want of other ones."""
    lints = reader == "eu-elflint"
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        command = [*READERS[reader], os.fspath(path)]
        try:
            status = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                timeout=SECONDS,
            ).returncode
        except subprocess.TimeoutExpired:
            status = "no end"
        found = set()
        for file in out, err:
            file.seek(0)
            for line in file:
                line = line.decode(errors="replace")
                if NO_COMPLAINT.search(line) or line == "No errors\n":
                    continue
                if lints or file is err or AMONG_OTHERS.search(line):
                    found.add(without_numbers(line, path))
    if status and not (lints and status == 1):
        found.add(f"status {status}")
    return {f"{reader}: {line}" for line in found}


def complaints(path):
    """What all of them complain of."""
    return set().union(*(complaints_of(reader, path) for reader in READERS))
