"""Results of single tests, from what test programs and their drivers print.

A result is its kind, the test's name and its status. They are counted, since
names come more than once; two runs are the same when the counts are."""

import collections
import re

# ctest -V puts the number of a test before each line of its output.
NUMBER = re.compile(r"^(\d+: )?(.*)$")

PATTERNS = {
    # ctest, with the time left out
    "ctest": r"\s*\d+/\d+ Test\s+#\d+: (?P<name>\S.*?) \.*\s*(?:\*\*\*)?"
    r"(?P<status>Passed|Failed|Timeout|Not Run|Skipped|Exception|\w+ aborted)",
    # automake
    "check": r"(?P<status>PASS|FAIL|XFAIL|XPASS|SKIP|ERROR): (?P<name>\S.*)",
    # GoogleTest
    "gtest": r"\[\s+(?P<status>OK|FAILED|SKIPPED)\s+\] (?P<name>[^ ,]+\.[^ ,]+)",
    # Qt Test
    "qtest": r"(?P<status>PASS|FAIL!|XFAIL|XPASS|SKIP) +: (?P<name>\w+::.*)",
    # CppUnit
    "cppunit": r"(?P<status>OK \(\d+(?: tests?)?\)|Run:\s+\d+\s+Failure total:.*)",
}
STATUS = "exit status"
BAD = re.compile(r"(?<!X)FAIL|[Ff]ail|ERROR|Timeout|Exception|Not Run|aborted|^XPASS")


def collect(text, more=()):
    """Counts of results in a log; more are patterns of the project's own."""
    patterns = {**PATTERNS, **{f"own{i}": p for i, p in enumerate(more)}}
    compiled = {kind: re.compile(p) for kind, p in patterns.items()}
    found = collections.Counter()
    for line in text.splitlines():
        number, rest = NUMBER.match(line).groups()
        for kind, pattern in compiled.items():
            if match := pattern.match(rest):
                words = {"name": "", **match.groupdict()}
                found[(number or "") + kind, words["name"], words["status"]] += 1
                break
    return found


def is_good(key):
    status = key[2]
    return status == "0" if key[0] == STATUS else not BAD.search(status)


def tests(found):
    return {key: n for key, n in found.items() if key[0] != STATUS}


def failures(found):
    """How many of the results are not good ones."""
    return sum(n for key, n in tests(found).items() if not is_good(key))


def worse(old, new):
    """What is worse in a new run: bad results more, or good ones fewer. The exit
    status tells something only when no single test does."""
    keys = [key for key in new - old if not is_good(key)]
    bad = {key[:2] for key in keys}
    keys += [key for key in old - new if is_good(key) and key[:2] not in bad]
    return sorted([k for k in keys if k[0] != STATUS] or keys)


def unsteady(old, new):
    """The kinds and names of tests that differ."""
    return {key[:2] for key in (*(old - new), *(new - old))}


def show(key):
    return " ".join(filter(None, key))
