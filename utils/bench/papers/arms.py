"""The arms of the comparison: how a test library is made of its object, and
which Qt it meets.

The paper's objprelink1 and objprelink2 rewrote objects, and objprelink2 went
over the i386 library once more. So relays are made in objects here, and lazy
stubs too where objects can have them; on i386 they are the image pass's work.
"""

from typing import NamedTuple

RELR = "-Wl,-z,pack-relative-relocs"
NOCOMBRELOC = "-Wl,-z,nocombreloc"


class Arm(NamedTuple):
    name: str
    link: tuple = ()
    object: tuple = ()  # what rewrites the object
    image: tuple = ()  # what rewrites the finished library
    qt: tuple = ()  # what rewrites Qt's three libraries


RELAY = ("objprelink1", "--slots=all")
LAZY = ("objprelink2", "--slots=all")
RELAY_IMAGE, LAZY_IMAGE = ("objprelink1",), ("objprelink2",)

PAPER = [
    Arm("nocombreloc", (NOCOMBRELOC,)),
    Arm("default"),
    Arm("relay, nocombreloc", (NOCOMBRELOC,), RELAY),
    Arm("relay", (), RELAY),
]
SYMBOLIC = Arm("symbolic", ("-Wl,-Bsymbolic-functions",))
PACKED = [Arm("RELR", (RELR,)), Arm("relay, RELR", (RELR,), RELAY)]


def lazy_arms(arch):
    """objprelink2's, without and with packed relative relocations.

    An i386 test library needs no version of libc, without which the image pass
    packs nothing (docs/safety.md)."""
    if arch == "i386":
        return [Arm("lazy", image=LAZY_IMAGE)]
    return [Arm("lazy", object=LAZY), Arm("lazy, RELR", (RELR,), LAZY)]


def arms(arch, base, bind):
    """All that are made of one object."""
    lazy, *packed = lazy_arms(arch)
    if base.startswith("bare"):
        return [*PAPER, lazy]
    result = [*PAPER, lazy, SYMBOLIC, *PACKED, *packed]
    if base == "Qt" and bind == "lazy":
        plain, relay = PAPER[1], PAPER[3]
        result += [
            plain._replace(name="Qt lazy", qt=LAZY_IMAGE),
            relay._replace(name="Qt relay, relay", qt=RELAY_IMAGE),
            lazy._replace(name="Qt lazy, lazy", qt=LAZY_IMAGE),
        ]
    return result
