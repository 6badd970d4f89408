"""A root with a program of ours, its libraries, and the machine's own below
them; and what is in it."""

import hashlib
import os
import shutil
import subprocess

BASE = """
#include "base.h"
Base::~Base() {}
"""
HEADER = "struct Base { virtual ~Base(); %s };" % " ".join(
    f"virtual int f{i}();" for i in range(40)
)
DERIVED = '#include "base.h"\n' + "\n".join(
    f"struct D{i} : Base {{ int f{i}() override {{ return {i} + 100; }} }};\n"
    f"Base *make{i}() {{ return new D{i}; }}"
    for i in range(20)
) + "\nint call(Base *b) { return %s; }" % " + ".join(f"b->Base::f{i}()" for i in range(40))
PROGRAM = (
    '#include "base.h"\n#include <cstdio>\n'
    + "\n".join(f"Base *make{i}();" for i in range(20))
    + "\nint main() { long sum = 0;\n"
    + "\n".join(f"  {{ Base *b = make{i}(); sum = sum * 31 + b->f{i}() + b->f39(); }}" for i in range(20))
    + '\n  printf("%ld\\n", sum); }\n'
)


def compile(text, to, *flags):
    command = ["g++", "-O1", "-I.", "-x", "c++", "-", "-x", "none", *flags, "-o", to]
    subprocess.run(command, input=text, text=True, check=True)


def make(root):
    """A library of lazy binding, one of BIND_NOW, and one that is not to be
    rewritten."""
    folder = f"{root}/usr/lib/app"
    os.makedirs(folder)
    os.makedirs(f"{root}/usr/bin")
    os.makedirs(f"{root}/var/lib")
    with open("base.h", "w") as file:
        file.write("#pragma once\n" + HEADER)
    functions = "\n".join(f"int Base::f{i}() {{ return {i}; }}" for i in range(40))
    shared = ["-fPIC", "-shared", "-Wl,-rpath,$ORIGIN", f"-L{folder}"]
    compile(BASE + functions, f"{folder}/libbase.so", *shared, "-Wl,-soname,libbase.so")
    # Functions that are called and in slots cost two look-ups, if bound at once.
    for name, how in [("lazy", "lazy"), ("now", "now")]:
        text = DERIVED.replace("make", f"{name}_make").replace("D", name)
        text = text.replace("call", f"{name}_call")
        flags = [f"-Wl,-z,{how}", "-Wl,-z,relro", "-lbase"]
        compile(text, f"{folder}/lib{name}.so.1.0", *shared, *flags, f"-Wl,-soname,lib{name}.so.1")
        os.symlink(f"lib{name}.so.1.0", f"{folder}/lib{name}.so.1")
    text = PROGRAM.replace("make", "lazy_make") + PROGRAM.split("int main")[0].replace("make", "now_make")
    text += "Base *(*const pointers[])() = {now_make0};\nBase *other() { return pointers[0](); }\n"
    libraries = [f"-L{folder}", "-l:liblazy.so.1", "-l:libnow.so.1", "-lbase"]
    libraries.append("-Wl,-rpath,$ORIGIN/../lib/app")
    compile(text, f"{root}/usr/bin/program", "-fPIE", "-pie", "-Wl,-z,now", *libraries)
    said = subprocess.run(["ldd", f"{root}/usr/bin/program"], capture_output=True, text=True).stdout
    for path in {*said.split(), "/etc/ld.so.cache"}:
        if path.startswith("/") and os.path.exists(path) and root not in path:
            os.makedirs(root + os.path.dirname(path), exist_ok=True)
            shutil.copy2(path, root + path)
    for path, folders, names in os.walk(root):
        for name in names:
            if not os.path.islink(f"{path}/{name}"):
                os.utime(f"{path}/{name}", ns=(10**18, 10**18 + 5))


def read(root, times=True):
    """What is in the root, and when its files were changed."""
    found = {}
    for path, _, names in os.walk(root):
        for name in names:
            full = f"{path}/{name}"
            status = os.lstat(full)
            if os.path.islink(full):
                link = os.readlink(full)
            else:
                link = hashlib.sha256(open(full, "rb").read()).hexdigest()
            new = "/var/lib/objprelink/" in full
            found[full[len(root):]] = (link, status.st_mode, status.st_mtime_ns if times and not new else 0)
    return found
