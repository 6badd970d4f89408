"""What the loader of a program does: which files it loads, how many symbols it
looks up, and how much of the instructions of a run are its own."""

import collections
import os
import re
import subprocess

# Names of what LD_DEBUG=statistics counts.
STATISTICS = {
    "number of relocations": "look-ups at start",
    "number of relocations from cache": "from cache",
    "number of relative relocations": "relative",
    "final number of relocations": "look-ups until exit",
}


def ldd(path):
    """Files that ld.so loads for one, by the names that it knows them by."""
    command = ["ldd", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    return re.findall(r"^\s+(?:(\S+) => )?(/\S+) \(", done.stdout, re.M)


def is_loader(path):
    return bool(re.match(r"ld-linux|ld\.so|ld-musl", os.path.basename(path)))


def self_costs(path):
    """(object file, instructions of its own) in a file of callgrind's."""
    names, current, skip = {}, "", False
    with open(path, errors="replace") as file:
        for line in file:
            if match := re.match(r"c?ob=(\(\d+\))(?: (.*))?$", line):
                if match[2]:
                    names[match[1]] = match[2]
                if line[0] == "o":
                    current = names[match[1]]
            elif line.startswith("calls="):
                skip = True  # The next line is what the callee cost.
            elif line[0] in "+-*0123456789":
                if not skip:
                    yield current, int(line.split()[1])
                skip = False


def instructions(logs, also=None):
    """How many were executed in ld.so and in all, of callgrind's files. What was
    in files of the name also counts as ld.so's."""
    loader = total = 0
    for log in logs:
        for name, cost in self_costs(log):
            total += cost
            isLoader = is_loader(name) or os.path.basename(name) == also
            loader += cost if isLoader else 0
    return loader, total


def statistics(logs):
    """What LD_DEBUG=statistics has written, summed over all processes."""
    total = collections.Counter()
    for log in logs:
        for line in log.read_text(errors="replace").splitlines():
            if match := re.match(r"\s*\d+:\s+(.*?): (\d+)\s*$", line):
                if match[1] in STATISTICS:
                    total[STATISTICS[match[1]]] += int(match[2])
    return total
