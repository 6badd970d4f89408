#!/usr/bin/env python3
"""Makes the completions of zsh and of fish from the option table.

usage: completions.py --name NAME --tblgen PROGRAM --include FOLDER OPTIONS.td ZSH FISH
"""

import argparse
import os
import sys

sys.dont_write_bytecode = True
import generate  # noqa: E402


def takes_value(spelling, value):
    return bool(value) or spelling.endswith("=")


def zsh_quote(text):
    """Text in '...', in which [, ] and : are not the end of something."""
    for special in "\\[]:":
        text = text.replace(special, "\\" + special)
    return text.replace("'", "'\\''")


def zsh(name, options):
    lines = []
    for option in options.values():
        seen = set()
        for spelling, value in option["spellings"]:
            # "--sysroot=" stands for "--sysroot DIR" too.
            if spelling.rstrip("=") in seen:
                continue
            seen.add(spelling.rstrip("="))
            spec = spelling
            if takes_value(spelling, value) and not spelling.endswith("="):
                spec += "+"
            spec += "[" + zsh_quote(option["help"]) + "]"
            if takes_value(spelling, value):
                choices = "(" + " ".join(option["values"]) + ")"
                spec += ":" + zsh_quote(value.strip("<>") or "value") + ":"
                spec += choices if option["values"] else "_files"
            lines.append(f"  '{spec}' \\")
    return "\n".join([f"#compdef {name}", "# Made from the option table.", "",
                      "_arguments -s -S \\", *lines, "  '*:file:_files'", ""])


def fish_quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish(name, options):
    lines = [f"# Completion of {name}, made from the option table."]
    for option in options.values():
        words = [f"complete -c {name}"]
        needs_value = False
        for spelling, value in option["spellings"]:
            plain = spelling.rstrip("=")
            word = f"-l {plain[2:]}" if plain.startswith("--") else f"-s {plain[1:]}"
            if word not in words:
                words.append(word)
            needs_value |= takes_value(spelling, value)
        if option["values"]:
            words.append("-x -a " + fish_quote(" ".join(option["values"])))
        elif needs_value:
            words.append("-r")
        lines.append(" ".join([*words, "-d", fish_quote(option["help"])]))
    return "\n".join([*lines, ""])


def main():
    parser = argparse.ArgumentParser()
    for option in ("--name", "--tblgen", "--include"):
        parser.add_argument(option, required=True)
    for argument in ("options", "zsh", "fish"):
        parser.add_argument(argument)
    arguments = parser.parse_args()
    options = generate.read_options(arguments)
    for path, make in ((arguments.zsh, zsh), (arguments.fish, fish)):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(make(arguments.name, options))


if __name__ == "__main__":
    main()
