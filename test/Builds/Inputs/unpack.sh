#!/usr/bin/env bash
# Unpacks made/*.deb into root, and says what is in them.
for deb in made/*.deb; do
  dpkg-deb -x "$deb" root
  dpkg-deb -c "$deb" | awk '$1 !~ /^d/ {print $6}' >>files.txt
  dpkg-deb -f "$deb" Package Section Depends Provides | sed 's/^[^:]*: //' | paste -sd' '
done
dpkg-deb -e made/objprelink-starts_*.deb control
cat control/triggers
dpkg-deb -f made/objprelink-linker_*.deb Installed-Size >size.txt
real=$(du -sk --apparent-size root/usr/bin/ld.objprelink | cut -f1)
echo "links counted as links: $(($(cat size.txt) < real + 4000))"
for call in triggered configure; do
  # A tool that fails is no failure of the package.
  mkdir -p failing
  printf '#!/bin/sh\nexit 1\n' >failing/objprelink-program
  chmod +x failing/objprelink-program
  env PATH="$PWD/failing:$PATH" control/postinst $call
  echo "postinst $call: $?"
done
env PATH="$PWD/failing:$PATH" control/prerm remove
echo "prerm remove: $?"
echo "in two packages: $(sort files.txt | uniq -d | wc -l)"
symbols=0
while read -r file; do
  if readelf -SW "$file" 2>/dev/null | grep -qE ' \.(symtab|debug_info) '; then
    symbols=$((symbols + 1))
  fi
done < <(find root -type f -size +1k)
echo "with debug symbols: $symbols"
echo "links that lead nowhere: $(find root -xtype l | wc -l)"
