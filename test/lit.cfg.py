# lit's view of the suite: what a test may call, and which machines can run it.

import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile

import lit.formats

config.name = "objprelink"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test", ".s", ".cpp", ".c", ".yaml"]
config.excludes = ["Inputs", "corpus", "Unit", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)

# Messages are compared; a locale or a colour setting must not change them.
config.environment = {
    "PATH": os.pathsep.join(
        [config.objprelink_bin, config.llvm_bin, os.environ["PATH"]]
    ),
    "LC_ALL": "C",
    "HOME": config.test_exec_root,
    "NO_COLOR": "1",
    # Scripts of tests import each other by the names of their rooms, and the
    # reader of ELF images from the package "common".
    "PYTHONPATH": os.pathsep.join(
        os.path.join(config.source_root, name) for name in ("test", "utils/trials")
    ),
    "PYTHONDONTWRITEBYTECODE": "1",
}
# utils/coverage says where programs leave what they reached.
if "LLVM_PROFILE_FILE" in os.environ:
    config.environment["LLVM_PROFILE_FILE"] = os.environ["LLVM_PROFILE_FILE"]

# The presets asan and tsan: memory and time are other than those of the tools.
if "-fsanitize=" in config.cxx_flags:
    config.available_features.add("sanitizer")


def tool(name):
    return os.path.join(config.llvm_bin, name)


config.substitutions += [
    ("%objprelink1", os.path.join(config.objprelink_bin, "objprelink1")),
    ("%objprelink2", os.path.join(config.objprelink_bin, "objprelink2")),
    ("%objprelink-build", os.path.join(config.objprelink_bin, "objprelink-build")),
    ("%objprelink-note", os.path.join(config.objprelink_bin, "objprelink-note")),
    (
        "%objprelink-report",
        os.path.join(config.objprelink_bin, "objprelink-report"),
    ),
    ("%objprelink-bind", os.path.join(config.objprelink_bin, "objprelink-bind")),
    (
        "%objprelink-start",
        os.path.join(config.objprelink_bin, "objprelink-start"),
    ),
    (
        "%objprelink-program",
        os.path.join(config.objprelink_bin, "objprelink-program"),
    ),
    ("%ld.objprelink", os.path.join(config.objprelink_bin, "ld.objprelink")),
    ("%shims", os.path.join(config.build_root, "libexec", "objprelink")),
    ("%clangxx", tool("clang++")),
    ("%clang", tool("clang")),
    ("%gxx", "g++"),
    ("%gcc", "gcc"),
    ("%lld", tool("ld.lld")),
    ("%llvm-major", config.llvm_major),
    ("%mc64", tool("llvm-mc") + " -filetype=obj -triple=x86_64-linux-gnu"),
    ("%mc32", tool("llvm-mc") + " -filetype=obj -triple=i386-linux-gnu"),
    ("%survive", "python3 %s/test/Image/survive.py" % config.source_root),
    (
        "%same",
        "python3 %s/test/Linker/same.py --lld=%s --linker=%s"
        % (
            config.source_root,
            tool("ld.lld"),
            os.path.join(config.objprelink_bin, "ld.objprelink"),
        ),
    ),
    ("%utils", os.path.join(config.source_root, "utils")),
]


def needed(arch):
    """A library with functions that images of tests call: what no needed library
    is known to have is never bound late."""
    source = os.path.join(config.source_root, "test", "Inputs", "needed.s")
    out = os.path.join(config.test_exec_root, "needed-%s.so" % arch)
    with tempfile.TemporaryDirectory(dir=config.test_exec_root) as folder:
        made = os.path.join(folder, "needed")
        mc = [tool("llvm-mc"), "-filetype=obj", "-triple=%s-linux-gnu" % arch]
        subprocess.run([*mc, source, "-o", made + ".o"], check=True)
        lld = [tool("ld.lld"), "-shared", "-soname", "needed.so"]
        subprocess.run([*lld, made + ".o", "-o", made], check=True)
        os.replace(made, out)
    return out


for arch, bits in [("x86_64", "64"), ("i386", "32")]:
    library = needed(arch)
    config.substitutions.append(("%needed" + bits, library))
    # For scripts that get an emulation of the linker.
    config.environment["NEEDED_elf_" + arch] = library


def compiles_and_runs(*flags):
    """Whether g++ with these flags makes a program that this machine runs."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "a.out")
        compile = ["g++", "-x", "c++", *flags, "-o", program, "-"]
        try:
            return (
                subprocess.run(
                    compile, input=b"int main() {}", capture_output=True
                ).returncode
                == 0
                and subprocess.run([program]).returncode == 0
            )
        except OSError:
            return False


for feature, flags in [("x86-64", ["-m64"]), ("i386", ["-m32"])]:
    if compiles_and_runs(*flags):
        config.available_features.add(feature)
# gdb, single steps and sanitizers do not go with an emulator.
native = ["x86-64", "i386"]
if os.path.exists("/proc/sys/fs/binfmt_misc/qemu-i386"):
    native = ["x86-64"]
available = [a for a in ("x86-64", "i386") if a in config.available_features]
config.available_features |= {a + "-native" for a in available if a in native}
for name, arches in [
    ("%run-matrix-native", [a for a in available if a in native]),
    ("%run-matrix", available),
]:
    program = "python3 %s/test/Run/matrix.py --have-arches=%s"
    config.substitutions.append(
        (name, program % (config.source_root, ",".join(arches)))
    )
for feature, program in [
    ("bfd", "ld.bfd"),
    ("gold", "ld.gold"),
    ("lld", tool("ld.lld")),
    ("mold", "mold"),
    ("gdb", "gdb"),
    ("musl", "musl-gcc"),
    ("elfutils", "eu-elflint"),
    ("patchelf", "patchelf"),
    ("dwz", "dwz"),
    ("make", "make"),
    ("lldb", tool("lldb")),
    ("uftrace", "uftrace"),
    ("ltrace", "ltrace"),
    ("valgrind", "valgrind"),
    ("heaptrack", "heaptrack"),
    ("strace", "strace"),
    ("desktop-file-validate", "desktop-file-validate"),
    ("lintian", "lintian"),
    ("rpmbuild", "rpmbuild"),
    ("makepkg", "makepkg"),
]:
    if shutil.which(program):
        config.available_features.add(feature)
# "llvm-20" is release 20 or later: what LLD and clang 19 cannot do.
for release in range(20, int(config.llvm_major) + 1):
    config.available_features.add("llvm-%d" % release)
if os.geteuid() == 0:
    config.available_features.add("root")
if importlib.util.find_spec("yaml"):
    config.available_features.add("python-yaml")
if os.path.exists("/usr/share/hunspell/en_US.dic"):
    config.available_features.add("hunspell")


def unwinds():
    """Whether strace is here, may trace, and was built with an unwinder."""
    try:
        command = ["strace", "-k", "-o", os.devnull, "true"]
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


if unwinds():
    config.available_features.add("strace-k")


def device(name, minor):
    """A node like /dev/NAME that a broken tool may replace: for root, one of
    our own, because root can replace the system's; for others the system's."""
    if os.geteuid() != 0:
        return "/dev/" + name
    path = os.path.join(config.test_exec_root, name)
    try:
        if os.path.lexists(path):
            os.remove(path)
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
        with open(path, "wb"):
            return path
    except OSError:
        return None


devices = {name: device(name, minor) for name, minor in [("null", 3), ("full", 7)]}
if all(devices.values()):
    config.available_features.add("devices")
    config.substitutions += [("%dev-" + n, path) for n, path in devices.items()]
