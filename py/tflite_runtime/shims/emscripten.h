// XNNPACK asks the page, by JavaScript that is evaluated at load time, how many cores there are,
// and takes a machine of more than four for one with AVX. Evaluating is what a strict content
// policy forbids, and machines without AVX are rare now: so always answer "more than four".
#pragma once
#include_next <emscripten.h>
#undef EM_JS
#define EM_JS(result, name, parameters, ...) \
  static inline result name parameters { return 8; }
