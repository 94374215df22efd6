// XNNPACK generates these in its own build, to tell whether packed weights stored on disk fit the
// library. Nothing is stored here, so any constant will do.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const uint8_t identifier[] = {'p', 'y', 'o', 'd', 'i', 'd', 'e'};

size_t xnn_experimental_get_build_identifier_size(void) { return sizeof identifier; }

const void* xnn_experimental_get_build_identifier_data(void) { return identifier; }

bool xnn_experimental_check_build_identifier(const void* data, const size_t size) {
  return size == sizeof identifier && memcmp(data, identifier, size) == 0;
}
