#!/usr/bin/env bash
# Uses what lies in root/usr, which is first in PATH.
objprelink2 --version
objprelink-start --version
ld.objprelink -v
g++ -fPIC -shared widget.cpp -o widget.so
objprelink-report --expect-rewritten widget.so || echo "status $?"
g++ -B"$PWD/root/usr/libexec/objprelink/" -fPIC -shared widget.cpp -o widget.so
objprelink-report --expect-rewritten widget.so
echo "status $?"
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.18)
project(installed NONE)
find_package(objprelink REQUIRED)
message(STATUS "found objprelink ${objprelink_VERSION}")
END
cmake -S . -B build -DCMAKE_PREFIX_PATH="$PWD/root/usr"
cd root/usr || exit 1
for page in share/man/man1/*.1.gz; do
  name=${page##*/}
  echo "${name%%.1*}"
done | sort >../pages.txt
find bin -name '*objprelink*' -printf '%f\n' | sort >../programs.txt
echo "man pages without a program: $(comm -23 ../pages.txt ../programs.txt | wc -l)"
echo "programs without a man page: $(comm -13 ../pages.txt ../programs.txt | wc -l)"
echo "completions of zsh and fish: $(find share -name '_objprelink*' -o -name 'objprelink*.fish' | wc -l)"
