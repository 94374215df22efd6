// What the compiler is told of how to compile.
#pragma once

#define INLINE static inline __attribute__((always_inline))
#define NOT_INLINE static __attribute__((noinline))

// A value of which the compiler may know nothing, so that it computes it once and as it is written. What
// is added to such an address goes into the instructions, where there would be an address for each access.
#define UNKNOWN(value) __asm__("" : "+r"(value))

// A value that is computed before whatever comes after: registers are too few for what the compiler would
// load first.
#define COMPUTED(value) __asm__ volatile("" : "+r"(value) : : "memory")
