#!/usr/bin/env bash
# Runs a block of the documentation in the current folder, as a reader would.
#
# usage: try.sh SNIPPET-PROGRAM DOCUMENT PREFIX NAME
set -euo pipefail

python3 "$@" >snippet.sh
bash -ex snippet.sh
