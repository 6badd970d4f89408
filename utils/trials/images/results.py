"""The results of utils/trials/try-images: what is known of each image, and the tables
at the end."""

import collections
import hashlib
import json
import os

from common.readers import without_numbers
from common.table import print_table

REWRITTEN, NOTHING, REFUSED, FAILED = "rewritten nothing refused failed".split()


class State:
    """Results by tool, image and mode, in a file to which lines are added."""

    def __init__(self, path, tools, settings):
        digest = hashlib.blake2b(settings.encode(), digest_size=8)
        for tool in sorted(tools):
            digest.update(tool.read_bytes())
        self.tool = digest.hexdigest()
        self.known = {}
        if path.exists():
            for line in path.read_text().splitlines():
                try:
                    record = json.loads(line)
                except ValueError:
                    continue  # A line that was being written when a run ended.
                self.known[tuple(record["key"])] = record
        self.file = path.open("a")

    def key(self, path, mode):
        status = os.stat(path)
        return self.tool, path, status.st_size, int(status.st_mtime), mode

    def get(self, path, mode):
        return self.known.get(self.key(path, mode))

    def add(self, path, mode, record):
        key = self.key(path, mode)
        record = {"key": key} | record
        self.known[key] = record
        self.file.write(json.dumps(record) + "\n")
        self.file.flush()


def summarize(paths, modes, state):
    rows, reasons, failures = [], collections.Counter(), 0
    for mode in modes:
        records = [(path, state.get(path, mode)) for path in paths]
        records = [(path, record) for path, record in records if record]
        count = collections.Counter(record["state"] for _, record in records)
        total = collections.Counter()
        for _, record in records:
            total.update(record["facts"])
            if record["state"] != REWRITTEN:
                reason = without_numbers(record["reason"].split(" | ")[0])[:140]
                reasons[record["state"], reason, mode] += 1
        failures += count[FAILED]
        rows.append(
            [mode, *(count[k] for k in (REWRITTEN, NOTHING, REFUSED, FAILED))]
            + [f"{total[k]:,}" for k in ("slots", "functions", "answers")]
            + [f"{total[k]:,}" for k in ("tables0", "tables1", "bytes0", "bytes1")]
        )
    head = "mode rewritten nothing refused failed slots functions answers".split()
    head += ["tables, B", "rewritten", "files, B", "rewritten"]
    print()
    print_table(head, rows)
    known = dict.fromkeys((kind, reason) for kind, reason, _ in reasons)
    words = {NOTHING: "nothing to do", REFUSED: "refused", FAILED: "failed"}
    for kind in NOTHING, REFUSED, FAILED:
        lines = [
            [reason, *(reasons[kind, reason, mode] for mode in modes)]
            for k, reason in known
            if k == kind
        ]
        if lines:
            lines.sort(key=lambda line: (-sum(line[1:]), line[0]))
            print()
            print_table([words[kind], *modes], lines)
    return failures
