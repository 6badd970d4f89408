// hazard V13 V23 V25 V26: refused
// Code that looks at the target of a virtual call, as real compilers make it, is
// recognised in objects, images, stripped images and links alike: an object or
// image stays as it is, and a link gives LLD's own output with a remark. What
// looks at functions from within is rewritten.

// REQUIRES: x86-64
// DEFINE: %{cxx} = %clangxx
// DEFINE: %{flags} =
// DEFINE: %{mark} =
// DEFINE: %{said} = %objprelink1
// DEFINE: %{link} = %ld.objprelink -shared %t.o %needed64 -o
// DEFINE: %{compile} = %{cxx} -O2 -fPIC %{flags} -c %s -o %t.o
// DEFINE: %{check} = %{compile} && %{link} %t.so 2>&1 | \
// DEFINE:   FileCheck %s -DMARK=%{mark} && \
// DEFINE:   %{link} %t.lld --objprelink=off && cmp %t.so %t.lld && \
// DEFINE:   %{said} -n --slots=all %t.o 2>&1 | FileCheck %s -DMARK=%{mark} && \
// DEFINE:   %objprelink2 -n %t.so | FileCheck %s -DMARK=%{mark} && \
// DEFINE:   llvm-strip %t.so && %objprelink2 -n %t.so | \
// DEFINE:   FileCheck %s --check-prefix=STRIPPED

// CHECK: {{linked without objprelink|left alone|error: .*\.o}}: {{(compiled|made) .*}}[[MARK]]
// STRIPPED: left alone: {{(compiled|made) }}

// REDEFINE: %{mark} = __llvm_prf_cnts
// REDEFINE: %{flags} = -fprofile-generate
// RUN: %{check}
// REDEFINE: %{flags} = -fcs-profile-generate
// RUN: %{check}
// REDEFINE: %{flags} = -fprofile-instr-generate -fcoverage-mapping
// RUN: %{check}
// REDEFINE: %{flags} = -fprofile-generate -mllvm -profile-correlate=binary
// RUN: %{check}
// REDEFINE: %{mark} = __sanitizer_cov_trace_pc_indir
// REDEFINE: %{flags} = -fsanitize-coverage=trace-pc-guard,indirect-calls
// RUN: %{check}
// REDEFINE: %{flags} = -fsanitize=fuzzer-no-link
// RUN: %{check}
// REDEFINE: %{mark} = __nsan_shadow_args_tag
// REDEFINE: %{flags} = -fsanitize=numerical
// RUN: %{check}
// REDEFINE: %{mark} = retpolines
// REDEFINE: %{flags} = -mretpoline
// RUN: %{check}
// REDEFINE: %{cxx} = %gxx
// REDEFINE: %{flags} = -mindirect-branch=thunk-inline -fcf-protection=none
// RUN: %{check}
// REDEFINE: %{mark} = __gcov_indirect_call
// REDEFINE: %{flags} = -fprofile-generate
// RUN: %{check}
// REDEFINE: %{flags} = -fprofile-arcs -fprofile-values
// RUN: %{check}
// REDEFINE: %{cxx} = %clangxx
// REDEFINE: %{mark} = .kcfi_traps
// REDEFINE: %{flags} = -fsanitize=kcfi
// REDEFINE: %{said} = not %objprelink1
// RUN: %{check}

// clang 19 crashes.
// RUN: %if llvm-20 %{ \
// RUN:   %clangxx -O2 -fPIC -fprofile-generate -mllvm -profile-context-root=sum \
// RUN:     -c %s -o %t.o && \
// RUN:   %objprelink1 -n --slots=all %t.o | \
// RUN:     FileCheck %s -DMARK=__llvm_ctx_profile_expected_callee %}

// DEFINE: %{seen} = %{compile} && %objprelink1 %t.o -v --slots=all | \
// DEFINE:   FileCheck %s --check-prefix=SEEN
// SEEN: -> .L_ZN{{.*}}.relay
// REDEFINE: %{flags} = -finstrument-functions
// RUN: %{seen}
// REDEFINE: %{flags} = -fxray-instrument -fxray-instruction-threshold=1
// RUN: %{seen}
// REDEFINE: %{flags} = -fsanitize=function
// RUN: %{seen}
// REDEFINE: %{flags} = -pg
// RUN: %{seen}
// REDEFINE: %{flags} = -fpseudo-probe-for-profiling
// RUN: %{seen}

struct Shape {
  virtual double area(double scale);
  virtual double edge(double scale);
};
struct Square : Shape {
  double area(double scale) override;
};
double Square::area(double scale) { return scale; }
double sum(Shape *shape, double scale, double (Shape::*member)(double)) {
  return shape->edge(scale) + (shape->*member)(scale);
}
Shape *make() { return new Square; }
