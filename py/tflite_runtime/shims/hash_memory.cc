// The hash that libc++'s newer headers call, under libc++'s own name: the libc++ inside Pyodide
// 0.28 and 0.29 does not have it yet, and the side module takes libc++ from Pyodide.
#include <cstddef>
#include <cstdint>

extern "C" std::size_t HashMemory(const void* data, std::size_t size) __asm__(
    "_ZNSt3__213__hash_memoryEPKvm");

// FNV-1a.
extern "C" std::size_t HashMemory(const void* data, std::size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  std::uint32_t hash = 2166136261u;
  for (std::size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}
