# hazard O15
# Whatever is no object gets one line that names it, and status 1: empty and
# text files, shreds of ELF headers, folders, FIFOs, devices, and names of
# nothing. The object among them is rewritten all the same.

# REQUIRES: devices
# RUN: rm -rf %t && mkdir %t && cd %t && mkdir folder && mkfifo fifo
# RUN: %mc64 %s -o good.o && cp good.o before.o
# RUN: touch empty && echo 'int f();' > text && head -c 4 good.o > magic
# RUN: head -c 19 good.o > ident && head -c 63 good.o > header
# RUN: echo '!<arch' > archive && echo '' > newline
# RUN: %status %objprelink1 empty text good.o magic ident header archive newline \
# RUN:   folder fifo %dev-null nothing folder/nothing text/nothing 2>&1 \
# RUN:   | FileCheck %s --match-full-lines
# RUN: not cmp good.o before.o
# RUN: %status %objprelink2 - 2>&1 < empty | FileCheck %s --check-prefix=STDIN
# RUN: ls | FileCheck %s --check-prefix=FILES

# CHECK:      objprelink1: error: empty: the file is empty
# CHECK-NEXT: objprelink1: error: text: not an ELF object or an archive
# CHECK-NEXT: {{good.o: 1 slot redirected.*}}
# CHECK-NEXT: objprelink1: error: magic: truncated ELF header: 4 bytes
# CHECK-NEXT: objprelink1: error: ident: truncated ELF header: 19 bytes
# CHECK-NEXT: objprelink1: error: header: truncated ELF header: 63 bytes of 64
# CHECK-NEXT: objprelink1: error: archive: not an ELF object or an archive
# CHECK-NEXT: objprelink1: error: newline: not an ELF object or an archive
# CHECK-NEXT: objprelink1: error: folder: Is a directory
# CHECK-NEXT: objprelink1: error: fifo: not a regular file
# CHECK-NEXT: objprelink1: error: {{.*}}/null: not a regular file
# CHECK-NEXT: objprelink1: error: nothing: No such file or directory
# CHECK-NEXT: objprelink1: error: folder/nothing: No such file or directory
# CHECK-NEXT: objprelink1: error: text/nothing: Not a directory
# CHECK-NEXT: status 1

# STDIN: objprelink2: error: -: the file is empty
# STDIN: status 1
# FILES-NOT: objprelink

  .data
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f
  .size _ZTV1A, .-_ZTV1A
