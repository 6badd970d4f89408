#!/usr/bin/env python3
"""Takes what docs/build-systems.md shows out of it, so that tests run it.

usage: snippet.py DOCUMENT PREFIX NAME
       snippet.py DOCUMENT --unused FOLDER

Prints the fenced block that follows the line '<!-- tried: NAME -->', with PREFIX
in place of /opt/objprelink; with --unused, the blocks that no test there takes,
unless a line '<!-- by hand: HOW -->' says that none can.
"""

import glob
import re
import sys

SHOWN = "/opt/objprelink"


def snippets(document):
    """The names and texts of all fenced blocks; '' where there is no name."""
    text = open(document).read()
    text = re.sub(r"^<!-- by hand: .* -->\n```\w*\n[^`]*```$", "", text, flags=re.M)
    pattern = r"(?:^<!-- tried: (\S+) -->\n)?^```\w*\n(.*?)^```$"
    return re.findall(pattern, text, re.MULTILINE | re.DOTALL)


def unused(document, folder):
    taken = set()
    for test in glob.glob(folder + "/*.test"):
        text = open(test).read()
        taken.update(re.findall(r"%(?:snippet|try) (\S+)", text))
        # Of another document than build-systems.md.
        taken.update(re.findall(r"snippet\.py \S+/docs/\S+ %prefix (\S+)", text))
    for name, block in snippets(document):
        if name not in taken:
            print(f"{document}: no test takes '{name}':\n{block}", end="")


def main():
    if sys.argv[2] == "--unused":
        return unused(sys.argv[1], sys.argv[3])
    document, prefix, wanted = sys.argv[1:]
    found = [block for name, block in snippets(document) if name == wanted]
    if len(found) != 1:
        sys.exit(f"{document}: {len(found)} blocks '{wanted}'")
    print(found[0].replace(SHOWN, prefix), end="")


if __name__ == "__main__":
    main()
