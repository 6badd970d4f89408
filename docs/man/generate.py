#!/usr/bin/env python3
"""Makes the man page, or the bash completion, from the option table.

llvm-tblgen turns Options.td into JSON; the prose of the page is a template in
which @NAME@, @VERSION@ and @OPTIONS@ are filled in, and of the lines between
@BEGIN other@ and @END@ only those for this name are kept.
"""

import argparse
import json
import re
import subprocess


def read_options(arguments):
    """The options in the order of the table, each with all its spellings."""
    text = subprocess.run(
        [arguments.tblgen, "--dump-json", "-I", arguments.include, arguments.options],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    table = json.loads(text)
    records = [table[name] for name in table["!instanceof"]["Option"]]
    records = [record for record in records if record.get("HelpText")]
    # Anonymous records come first in the dump; the table's order is by line.
    records.sort(key=lambda record: (record["Alias"] is not None))
    options = {}
    for record in records:
        spelling = record["Prefixes"][0] + record["Name"]
        value = record["MetaVarName"] or ""
        if record["Alias"]:
            options[record["Alias"]["def"]]["spellings"].append((spelling, value))
        else:
            options[record["!name"]] = {
                "spellings": [(spelling, value)],
                "help": record["HelpText"],
                "values": (record["Values"] or "").split(",") if record["Values"] else [],
            }
    return options


def roff(text):
    return text.replace("\\", "\\e").replace("-", "\\-")


def describe(option):
    """One .TP entry: short spellings first, the value in italics."""
    parts = []
    for spelling, value in sorted(option["spellings"], key=lambda s: len(s[0])):
        part = "\\fB" + roff(spelling) + "\\fR"
        if value:
            part += ("" if spelling.endswith("=") else " ") + "\\fI" + value + "\\fR"
        parts.append(part)
    return ".TP\n" + ", ".join(parts) + "\n" + roff(option["help"]) + ".\n"


def man_page(arguments, options):
    page = open(arguments.template).read()
    page = re.sub(
        r"@BEGIN (\w+)@\n(.*?)@END@\n",
        lambda m: m[2] if m[1] == arguments.name else "",
        page,
        flags=re.DOTALL,
    )
    entries = sorted(options.values(), key=lambda o: o["spellings"][-1][0].lstrip("-"))
    filled = {
        "@NAME@": arguments.name,
        "@TITLE@": arguments.name.upper(),
        "@VERSION@": arguments.version,
        "@OPTIONS@\n": "".join(map(describe, entries)),
    }
    for key, value in filled.items():
        page = page.replace(key, value)
    return page


def choices_of(options):
    """All spellings, and the case of each one that has a set of values."""
    words, choices = [], []
    for option in options.values():
        for spelling, _ in option["spellings"]:
            words.append(spelling)
            if option["values"]:
                choices.append((spelling.rstrip("="), " ".join(option["values"])))
    cases = "".join(
        f'  {name})\n    COMPREPLY=($(compgen -W "{values}" -- "$cur"))\n    return\n    ;;\n'
        for name, values in choices
    )
    return " ".join(sorted(words)), cases


# What completes the name of a file.
FILES = """compopt -o default
    COMPREPLY=()"""


def bash(options, programs, before="", more_cases="", rest=FILES):
    """The completion of PROGRAMS. BEFORE is done first, MORE_CASES are values of
    options, REST completes what is no option."""
    words, cases = choices_of(options)
    name = "_" + programs[-1].rstrip("12").replace("-", "_")
    return f"""# bash completion for {" and ".join(programs)}, made from the option table.
{name}() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}}
{before}  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  case $prev in
{cases}{more_cases}  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "{words}" -- "$cur"))
    [[ ${{COMPREPLY[0]-}} == *= ]] && compopt -o nospace
  else
    {rest}
  fi
}}
complete -F {name} {" ".join(programs)}
"""


def completion(options):
    return bash(options, ["objprelink1", "objprelink2"])


def build_completion(options):
    """Up to the command its own words; after that the command's."""
    before = """  local i
  # An option's value is a word or two of its own: --mode = lazy.
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
    --) ((i++)) && break ;;
    = | -?*) ;;
    *) [[ ${COMP_WORDS[i - 1]} == = ]] || break ;;
    esac
  done
  if ((i < COMP_CWORD)); then
    if declare -F _command_offset >/dev/null; then
      _command_offset "$i"
    else
      compopt -o default
      COMPREPLY=()
    fi
    return
  fi
"""
    more_cases = f"""  --log | --linker)
    {FILES}
    return
    ;;
"""
    rest = 'COMPREPLY=($(compgen -c -- "$cur"))'
    return bash(options, ["objprelink-build"], before, more_cases, rest)


def report_completion(options):
    """After --run, the program's own words."""
    before = """  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == --run ]]; then
      if declare -F _command_offset >/dev/null; then
        _command_offset $((i + 1))
      else
        compopt -o default
        COMPREPLY=()
      fi
      return
    fi
  done
"""
    more_cases = """  --process)
    COMPREPLY=($(compgen -W "$(cd /proc && echo [0-9]*)" -- "$cur"))
    return
    ;;
  --against | --sysroot)
    compopt -o filenames
    COMPREPLY=($(compgen -d -- "$cur"))
    return
    ;;
"""
    return bash(options, ["objprelink-report"], before, more_cases)


def bind_completion(options):
    """Programs, and folders of tables."""
    more_cases = """  --output)
    compopt -o filenames
    COMPREPLY=($(compgen -d -- "$cur"))
    return
    ;;
"""
    rest = 'COMPREPLY=($(compgen -c -- "$cur"))'
    return bash(options, ["objprelink-bind"], "", more_cases, rest)


def program_completion(options):
    """A verb, and then programs; behind the program of "run", its own words."""
    before = """  local i verb=
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == -* || ${COMP_WORDS[i]} == = ]] && continue
    case ${COMP_WORDS[i - 1]} in
    = | --format | --plugins | --root | --allow) continue ;;
    esac
    if [[ -z $verb ]]; then
      verb=${COMP_WORDS[i]}
    elif [[ $verb == run ]]; then
      if declare -F _command_offset >/dev/null; then
        _command_offset "$i"
      else
        compopt -o default
        COMPREPLY=()
      fi
      return
    fi
  done
"""
    rest = """if [[ -z $verb ]]; then
      COMPREPLY=($(compgen -W "plan add list check refresh remove run undo" -- "$cur"))
    else
      COMPREPLY=($(compgen -c -- "$cur"))
    fi"""
    return bash(options, ["objprelink-program"], before, "", rest)


def note_completion(options):
    return bash(options, ["objprelink-note"])


COMPLETIONS = {
    "bind-completion": bind_completion,
    "completion": completion,
    "build-completion": build_completion,
    "note-completion": note_completion,
    "program-completion": program_completion,
    "report-completion": report_completion,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["man", *COMPLETIONS])
    parser.add_argument("--name")
    parser.add_argument("--version")
    parser.add_argument("--template")
    parser.add_argument("--tblgen", required=True)
    parser.add_argument("--include", required=True)
    parser.add_argument("options")
    parser.add_argument("output")
    arguments = parser.parse_args()
    options = read_options(arguments)
    if arguments.what == "man":
        text = man_page(arguments, options)
    else:
        text = COMPLETIONS[arguments.what](options)
    with open(arguments.output, "w") as out:
        out.write(text)


if __name__ == "__main__":
    main()
