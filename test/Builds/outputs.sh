#!/usr/bin/env bash
# Checks which linker made files, and that they were rewritten.
#
# usage: outputs.sh rewritten|plain|foreign FILE...
#   rewritten  by ld.objprelink, with slots that lead to entries
#   plain      by ld.objprelink, without
#   foreign    by another linker
set -euo pipefail

expected=$1
shift
for file; do
  comment=$(llvm-readelf -p .comment "$file")
  sections=$(llvm-readelf -SW "$file")
  case $comment in
  *"Linker: LLD "*objprelink*) found=plain ;;
  *) found=foreign ;;
  esac
  if [[ $sections == *" .note.objprelink "* ]]; then
    found=rewritten
  fi
  if [[ $found != "$expected" ]]; then
    echo "$file: $found, not $expected" >&2
    echo "$comment" >&2
    exit 1
  fi
done
