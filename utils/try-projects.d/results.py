"""Results of single tests, from what test programs and their drivers print.

A result is a line's kind, name and status. They are counted, since names come
more than once; two runs are the same when the counts are."""

import collections
import re

# ctest -V puts the number of a test before each line of its output.
NUMBER = re.compile(r"^(\d+: )?(.*)$")

PATTERNS = {
    # ctest, with the time left out
    "ctest": r"\s*\d+/\d+ Test\s+#\d+: (\S.*?) \.*\s*(?:\*\*\*)?"
    r"(Passed|Failed|Timeout|Not Run|Skipped|Exception(?:: \w+)?|Subprocess aborted)",
    # automake
    "check": r"(PASS|FAIL|XFAIL|XPASS|SKIP|ERROR): (\S.*)",
    # meson
    "meson": r"\s*\d+/\d+ (\S.*?)\s+(OK|FAIL|SKIP|TIMEOUT|ERROR|EXPECTEDFAIL)\s+[\d.]+s",
    # GoogleTest
    "gtest": r"\[\s+(OK|FAILED|SKIPPED)\s+\] ([^ ,]+\.[^ ,]+)",
    # Qt Test
    "qtest": r"(PASS  |FAIL!  |XFAIL  |XPASS  |SKIP  ): (\w+::.*)",
    # CppUnit and what is named after it
    "cppunit": r"(OK \(\d+(?: tests?)?\)|Run:\s+\d+\s+Failure total:.*|test\w+: \S.*)",
}


def collect(text, more=()):
    """Counts of results in a log; more are patterns of the project's own."""
    patterns = {**PATTERNS, **{f"own {i}": p for i, p in enumerate(more)}}
    compiled = {kind: re.compile(p + "") for kind, p in patterns.items()}
    found = collections.Counter()
    for line in text.splitlines():
        number, rest = NUMBER.match(line).groups()
        for kind, pattern in compiled.items():
            if match := pattern.match(rest):
                words = tuple(re.sub(r" \(\d+ ms\)$", "", x or "") for x in match.groups())
                found[(number or "") + kind, *words] += 1
                break
    return found


FAILED = re.compile(r"FAIL|fail|Timeout|TIMEOUT|Exception|ERROR|Not Run|aborted|^XPASS")


def failures(found):
    """How many of the results are not good ones."""
    return sum(n for key, n in found.items() if any(map(FAILED.match, key[1:])))


def show(key):
    return " ".join(key)


def difference(old, new):
    """Lines that one run has and the other has not."""
    gone, come = old - new, new - old
    return sorted(gone), sorted(come)
