"""Puts what a script has made into a document, between the lines

    <!-- SCRIPT: NAME -->
    <!-- end -->"""

END = "<!-- end -->"


def block(path, mark):
    """What is between the two lines; nothing if they are not there."""
    _, _, rest = path.read_text().partition(f"<!-- {mark} -->\n")
    return rest.partition(END)[0]


def replace_block(path, mark, text):
    """Replaces what is between the two lines; whether there are such lines."""
    before, found, rest = path.read_text().partition(f"<!-- {mark} -->\n")
    if found:
        path.write_text(f"{before}{found}{text}\n{END}{rest.partition(END)[2]}")
    return bool(found)
