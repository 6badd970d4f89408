# hazard V02
# Data in vtables (typeinfo, vtables and VTTs by their names even where they
# are undefined, other objects by their type) and numbers (offsets to top and
# to virtual bases) stay; so does the typeinfo object beside the vtable.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 -v %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 -v %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rW %t.64.o | FileCheck %s
# RUN: llvm-readelf -rW %t.32.o | FileCheck %s

# SAID:      vtable for A+{{.*}}: typeinfo for A: left alone: data, not a function
# SAID-NEXT: vtable for A+{{.*}}: A::f(): -> .L_ZN1A1fEv.relay
# SAID-NEXT: vtable for A+{{.*}}: typeinfo for B: left alone: data, not a function
# SAID-NEXT: vtable for A+{{.*}}: typeinfo name for B: left alone: data, not a function
# SAID-NEXT: vtable for A+{{.*}}: vtable for B: left alone: data, not a function
# SAID-NEXT: vtable for A+{{.*}}: VTT for B: left alone: data, not a function
# SAID-NEXT: vtable for A+{{.*}}: table: left alone: data, not a function
# SAID-NEXT: 1 vtables: 1 slots redirected to 1 stubs, 6 words left alone

# CHECK:      Relocation section '.rel{{a?}}.data.rel.ro' {{.*}} 10 entries:
# CHECK:      _ZTI1A
# CHECK-NEXT: .L_ZN1A1fEv.relay
# CHECK-NEXT: _ZTI1B
# CHECK-NEXT: _ZTS1B
# CHECK-NEXT: _ZTV1B
# CHECK-NEXT: _ZTT1B
# CHECK-NEXT: table
# CHECK-NEXT: _ZTVN10__cxxabiv117__class_type_infoE
# CHECK-NEXT: _ZTS1A
# CHECK-NEXT: _ZN1A1fEv{{( |$)}}

  .section .data.rel.ro,"aw"
  .globl _ZTV1A, _ZTI1A
  .type _ZTV1A,@object
  .type _ZTI1A,@object
  .type table,@object
_ZTV1A:
  .dc.a 16, -8, _ZTI1A, _ZN1A1fEv, _ZTI1B, _ZTS1B, _ZTV1B, _ZTT1B, table
  .size _ZTV1A, .-_ZTV1A
_ZTI1A:
  .dc.a _ZTVN10__cxxabiv117__class_type_infoE+8, _ZTS1A, _ZN1A1fEv
  .size _ZTI1A, .-_ZTI1A
