"""A random C++ program whose classes are spread over libraries, from a seed.

draw(seed) chooses the numbers and options; sources(parameters) writes the
program. Each class has a random generator of its own, so that a program with
fewer classes, functions or features is a part of the larger one, and what fails
can be made smaller step by step (reduce.py).

No conversion and no final overrider is ambiguous, by construction: a class
takes two bases only if what they share is virtual in both, and overrides what
they disagree about.
"""

import random
from dataclasses import dataclass, fields, replace

from Image import matrix

FEATURES = (
    "multiple virtual pure covariant throw cast member hidden protected weak inline"
    " versions dlopen cf"
).split()


@dataclass(frozen=True)
class Parameters:
    """The defaults are the simplest program; reduce.py goes towards them."""

    seed: int
    classes: int = 1
    virtuals: int = 1
    libraries: int = 1
    features: tuple = ()
    arch: str = "x86-64"
    cxx: str = "g++"
    opt: int = 0
    linker: str = "bfd"
    symbolic: str = ""  # or -Bsymbolic, -Bsymbolic-functions
    sections: bool = True  # or the section headers are stripped
    # Indexes into matrix.OPTIONS, the link's own options.
    now: int = 0
    code: int = 0
    hash: int = 0
    page: int = 0
    relro: int = 0
    strip: int = 0

    def link(self):
        return matrix.Link(*(getattr(self, name) for name in matrix.Link._fields))

    def has(self, feature):
        return feature in self.features

    def libraryOf(self, number):
        return number * self.libraries // self.classes

    def differences(self, other):
        for field in fields(self):
            value = getattr(self, field.name)
            if value != getattr(other, field.name):
                text = ",".join(value) if isinstance(value, tuple) else str(value)
                yield f"{field.name}={text}"

    def with_(self, text):
        """A copy with NAME=VALUE changed, as differences() writes it."""
        name, _, value = text.partition("=")
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        if name not in kinds:
            raise SystemExit(f"no such parameter: {name}")
        if kinds[name] is tuple:
            return replace(self, **{name: tuple(filter(None, value.split(",")))})
        if kinds[name] is bool:
            return replace(self, **{name: value == "True"})
        return replace(self, **{name: kinds[name](value)})


def draw(seed, arches, compilers, linkers, size):
    """The parameters of a seed. classes * virtuals is at most size."""
    rng = random.Random(seed)
    classes = min(round(200 ** rng.random()), size)
    virtuals = min(rng.randint(1, 50), max(size // classes, 1))
    features = tuple(f for f in FEATURES if rng.random() < 0.6)
    options = {name: rng.randrange(len(of)) for name, of in matrix.OPTIONS.items()}
    return Parameters(
        seed=seed,
        classes=classes,
        virtuals=virtuals,
        libraries=rng.randint(1, min(8, classes)),
        features=features,
        arch=rng.choice(arches),
        cxx=rng.choice(compilers),
        opt=rng.randint(0, 3),
        linker=rng.choice(linkers),
        symbolic=rng.choice(["", "", "-Bsymbolic", "-Bsymbolic-functions"]),
        sections=rng.random() < 0.85,
        **options,
    )


class Class:
    def __init__(self, parameters, number, earlier):
        self.parameters, self.number = parameters, number
        self.name, self.library = f"C{number}", parameters.libraryOf(number)
        self.rng = random.Random(f"{parameters.seed} {number}")
        self.bases = []  # (class, whether it is a virtual base)
        self.ancestors = {}  # number -> what shared subobject it is, or None
        self.final = {}  # function -> class of its final overrider
        self.pure = set()
        # Nobody elsewhere can name a hidden function in a vtable of his.
        hides = self.rng.random() < 0.2
        self.attribute = ""
        if hides and parameters.has("hidden"):
            self.attribute = "hidden"
        elif self.rng.random() < 0.2 and parameters.has("protected"):
            self.attribute = f"protected{self.library}"
        inline = self.rng.random() < 0.2
        self.isInline = inline and parameters.has("inline")
        self.chooseBases(earlier)
        self.chooseFunctions()

    def chooseBases(self, earlier):
        wanted = 1 + (self.rng.randint(0, 2) if self.parameters.has("multiple") else 0)
        if self.rng.random() < 0.15:
            return
        some = self.rng.sample(earlier, min(len(earlier), 3 * wanted))
        for base in some:
            isVirtual = self.rng.random() < 0.4 and self.parameters.has("virtual")
            elsewhere = base.library != self.library
            hides = any(c.attribute == "hidden" for c in [base, *base.all(earlier)])
            if len(self.bases) < wanted and not (elsewhere and hides):
                self.addBase(base, isVirtual)

    def all(self, earlier):
        return [earlier[number] for number in self.ancestors]

    def addBase(self, base, isVirtual):
        """Adds a base unless some subobject would be there twice."""
        added = {base.number: (base.number,) if isVirtual else None}
        for number, shared in base.ancestors.items():
            inVirtual = (base.number, number) if isVirtual else None
            added[number] = shared or inVirtual
        for number in added.keys() & self.ancestors.keys():
            if not added[number] or added[number] != self.ancestors[number]:
                return
        self.ancestors |= added
        self.bases.append((base, isVirtual))

    def chooseFunctions(self):
        self.overrides, undecided = [], set()
        for base, _ in self.bases:
            self.pure |= base.pure
            for function, owner in base.final.items():
                if self.final.setdefault(function, owner) != owner:
                    undecided.add(function)
        left = self.parameters.virtuals
        for function in self.final:
            may = self.rng.random() < (0.8 if function in self.pure else 0.3)
            if function in undecided or (may and left > 0):
                self.overrides.append(function)
                left -= 1
        self.own = [(self.number, j) for j in range(self.parameters.virtuals)]
        if self.parameters.has("covariant"):
            self.own.append((self.number, "self"))
        for function in self.overrides + self.own:
            self.final[function] = self.number
        self.pure -= set(self.overrides)
        if self.parameters.has("pure"):
            mayBe = self.own[: self.parameters.virtuals]
            self.pure |= {f for f in mayBe if self.rng.random() < 0.05}

    def result(self, function):
        return f"{self.name} *" if function[1] == "self" else "int "

    def body(self, function):
        introduced, j = function
        if j == "self":
            return " { return this; }"
        throws = self.parameters.has("throw") and j % 4 == 0
        what = f"if (x == 7) throw Error({self.number}); " if throws else ""
        value = f"static_cast<int>(x * 31 + y * 8) + d{self.number} + {introduced + j}"
        return f" {{ {what}return {value}; }}"

    def declaration(self):
        lines = []
        bases = [f"{'virtual ' if v else ''}{base.name}" for base, v in self.bases]
        lines.append(f"struct {self.name}" + (" : " + ", ".join(bases) if bases else "") + " {")
        body = " { record(%d); }" % self.number if self.isInline else ";"
        lines.append(f"  virtual ~{self.name}(){body}")
        attribute = self.attribute and self.attribute.upper() + " "
        for function in self.overrides + self.own:
            isOwn = function[0] == self.number
            words = [attribute, "virtual " if isOwn else "", self.result(function), name(function)]
            words.append(arguments(function) + ("" if isOwn else " override"))
            if function in self.pure and isOwn:
                words.append(" = 0;")
            else:
                words.append(self.body(function) if self.isInline else ";")
            lines.append("  " + "".join(words))
        return [*lines, f"  int d{self.number} = {self.number};", "};"]

    def definitions(self):
        if not self.isInline:
            yield f"{self.name}::~{self.name}() {{ record({self.number}); }}"
            for function in self.overrides + self.own:
                isWeak = self.rng.random() < 0.2 and self.parameters.has("weak")
                if function in self.pure and function[0] == self.number:
                    continue
                weak = "__attribute__((weak)) " if isWeak else ""
                head = f"{self.result(function)}{self.name}::{name(function)}"
                yield weak + head + arguments(function) + self.body(function)
        if not self.pure:
            yield f"{self.name} *make{self.number}() {{ return new {self.name}; }}"

    def exercise(self):
        """What is done to an object, by its library and by the program."""
        yield f"static void exercise{self.number}() {{"
        yield f"  {self.name} *o = make{self.number}();"
        yield "  unsigned sum = 0;"
        for function in [f for f in self.final if f[1] == "self"]:
            of = f"C{function[0]}"
            call = f"static_cast<{of} *>(o)->{name(function)}()"
            yield f"  sum = sum * 3 + ({call} == o);"
        for function in [f for f in self.final if f[1] != "self"]:
            of = f"C{function[0]}"
            call = f"static_cast<{of} *>(o)->{name(function)}"
            if self.parameters.has("member") and function[1] % 3 == 0:
                yield f"  {{ int ({of}::*member)(int, double) = &{of}::{name(function)};"
                yield f"    sum = sum * 3 + (static_cast<{of} *>(o)->*member)(5, .5); }}"
            if self.parameters.has("throw"):
                yield f"  try {{ sum = sum * 3 + {call}(7, 1); }}"
                yield "  catch (const Error &error) { sum = sum * 3 + error.code(); }"
            else:
                yield f"  sum = sum * 3 + {call}(3, .25);"
        if self.parameters.has("cast"):
            for number in self.ancestors:
                yield f"  sum = sum * 3 + (dynamic_cast<{self.name} *>(static_cast<C{number} *>(o)) == o);"
        yield f'  printf("%d: %u\\n", {self.number}, sum);'
        yield "  delete o;"
        yield "}"


def name(function):
    return f"f{function[0]}_{function[1]}"


def arguments(function):
    return "()" if function[1] == "self" else "(int x, double y)"


def library(parameters, number, classes):
    # It is protected where it is defined; an undefined symbol is not.
    yield f'#define PROTECTED{number} __attribute__((visibility("protected")))'
    yield '#include "classes.h"'
    if number == 0:
        yield "static unsigned recorded;"
        yield "void record(unsigned number) { recorded = recorded * 5 + number; }"
        yield "unsigned getRecord() { return recorded; }"
        yield "Error::~Error() {}"
        yield "int Error::code() const { return number; }"
    for c in classes:
        yield from c.definitions()
    concrete = [c for c in classes if not c.pure]
    for c in concrete:
        yield from c.exercise()
    yield f'extern "C" void run{number}() {{'
    yield from (f"  exercise{c.number}();" for c in concrete)
    yield "}"


def mainProgram(parameters, classes):
    loaded = parameters.libraries - 1 if isLoaded(parameters) else None
    yield '#include "classes.h"'
    yield "#include <dlfcn.h>"
    linked = [c for c in classes if not c.pure and c.library != loaded]
    for c in linked:
        yield from c.exercise()
    yield "int main() {"
    for number in range(parameters.libraries):
        if number != loaded:
            yield f"  run{number}();"
            continue
        yield f'  void *handle = dlopen("lib{number}.so", RTLD_LAZY);'
        yield '  if (!handle) return puts(dlerror()), 1;'
        yield f'  reinterpret_cast<void (*)()>(dlsym(handle, "run{number}"))();'
    yield from (f"  exercise{c.number}();" for c in linked)
    yield '  printf("%u\\n", getRecord());'
    yield "}"


def isLoaded(parameters):
    """Whether the last library is loaded by dlopen."""
    return parameters.has("dlopen") and parameters.libraries > 1


def sources(parameters):
    """File name -> text."""
    classes = []
    for number in range(parameters.classes):
        classes.append(Class(parameters, number, classes))
    header = ["#include <stdio.h>", "void record(unsigned);", "unsigned getRecord();"]
    header.append('#define HIDDEN __attribute__((visibility("hidden")))')
    for n in range(parameters.libraries):
        header += [f"#ifndef PROTECTED{n}", f"#define PROTECTED{n}", "#endif"]
    header += ["struct Error {", "  Error(int number) : number(number) {}"]
    header += ["  virtual ~Error();", "  virtual int code() const;", "  int number;", "};"]
    for c in classes:
        header += c.declaration()
        header += [f"{c.name} *make{c.number}();"] if not c.pure else []
    header += [f'extern "C" void run{n}();' for n in range(parameters.libraries)]
    files = {"classes.h": header, "main.cpp": mainProgram(parameters, classes)}
    for number in range(parameters.libraries):
        mine = [c for c in classes if c.library == number]
        files[f"lib{number}.cpp"] = library(parameters, number, mine)
    return {file: "\n".join(lines) + "\n" for file, lines in files.items()}
