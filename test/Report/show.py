"""Prints the files and look-ups of a JSON report on a closure, one a line."""

import json
import sys

report = json.load(open(sys.argv[1]))["reports"][0]
for row in report["tables"]["files"]:
    print(row["path"], row["found_by"], row["opened"])
print("look-ups:")
for row in report["tables"]["look_ups"]:
    version = f"@{row['version']}" if row["version"] else ""
    print(row["library"], row["symbol"] + version, "->", row["provider"], row["depth"])
print("total", report["facts"]["look_ups"])
