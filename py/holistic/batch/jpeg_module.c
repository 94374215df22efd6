// Walks through the entropy-coded data of one scan of a JPEG, to see whether it is whole.
//
// libjpeg keeps quiet about what it makes up. The codes of a damaged scan end too early or too
// late, or mean what no encoder writes; to see that, no coefficient is needed, only how many bits
// each of them takes (ITU-T T.81, annexes F and G). In Python's stable ABI of 3.11.

#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
  COEFFICIENTS = 64,
  LONGEST = 16,           // bits of a Huffman code
  QUICK = 11,             // bits of those that are looked up at once
  MOST_PARTS = 4,         // components of a scan
  LONGEST_BLOCK = 512,    // bytes: more than a block's codes and bits ever take
  SPARE = 3,              // bytes that some encoders add, up to whole words
  END_OF_BLOCK = 128,     // as a step: further than any coefficient
  FIRST_RESTART = 0xD0,
  LAST_RESTART = 0xD7,
};

// --- Bits ----------------------------------------------------------------------------------------

// The next bits, the first of them uppermost. Behind the data there are zeros.
typedef struct {
  uint64_t window;
  int count;
  const uint8_t *next, *end;
} Bits;

static inline void refill(Bits* bits) {  // 32 at least
  if (bits->count >= 32) return;
  const uint8_t* four = bits->next;
  const uint32_t word =
      (uint32_t)four[0] << 24 | (uint32_t)four[1] << 16 | (uint32_t)four[2] << 8 | four[3];
  bits->window |= (uint64_t)word << (32 - bits->count);
  bits->count += 32;
  bits->next += 4;
}

static inline void skip(Bits* bits, int count) {
  bits->window <<= count;
  bits->count -= count;
}

static inline unsigned take(Bits* bits, int count) {  // up to 16
  refill(bits);
  const unsigned value = count ? (unsigned)(bits->window >> (64 - count)) : 0;
  skip(bits, count);
  return value;
}

static inline Py_ssize_t left(const Bits* bits) {  // in bits
  return (bits->end - bits->next) * 8 + bits->count;
}

// --- Huffman codes -------------------------------------------------------------------------------

// What a code means: its own length, its symbol, and for coefficients how many bits there are with
// the number itself, and how far the next one is. A length of 0: there is no such code.
typedef struct {
  uint8_t length, symbol, total, step;
} Code;

typedef struct {
  Code quick[1 << QUICK];
  Code pairs[1 << QUICK];  // the same, or two codes that follow each other, with their bits
  Code codes[256];
  int first[LONGEST + 1], index[LONGEST + 1], count[LONGEST + 1];
} Table;

static Code meaning(int length, uint8_t symbol) {
  const int run = symbol >> 4, size = symbol & 15;
  const int ends = !size && run < 15;
  return (Code){(uint8_t)length, symbol, (uint8_t)(length + size),
                (uint8_t)(ends ? END_OF_BLOCK : run + 1)};
}

// Two coefficients at a time: where the bits that are looked up hold both.
static void make_pairs(Table* table) {
  for (unsigned bits = 0; bits < 1 << QUICK; ++bits) {
    Code both = table->quick[bits];
    const Code next = table->quick[bits << both.total & ((1 << QUICK) - 1)];
    if (both.length && both.step != END_OF_BLOCK && both.total < QUICK && next.length &&
        both.total + next.length <= QUICK) {
      both.total += next.total;
      both.step += next.step;
    }
    table->pairs[bits] = both;
  }
}

// From a DHT segment: how many codes of each length, then their symbols. Returns 0 if there can be
// no such table.
static int make_table(Table* table, const uint8_t* content, Py_ssize_t size) {
  memset(table, 0, sizeof *table);
  if (size < LONGEST) return 0;
  int code = 0, index = 0;
  for (int length = 1; length <= LONGEST; ++length, code <<= 1) {
    const int count = content[length - 1];
    if (index + count > 256 || LONGEST + index + count > size || code + count > 1 << length) {
      return 0;
    }
    table->first[length] = code;
    table->index[length] = index;
    table->count[length] = count;
    for (int i = 0; i < count; ++i, ++code, ++index) {
      table->codes[index] = meaning(length, content[LONGEST + index]);
      if (length > QUICK) continue;
      const int shift = QUICK - length;
      for (int rest = 0; rest < 1 << shift; ++rest) {
        table->quick[(code << shift) + rest] = table->codes[index];
      }
    }
  }
  make_pairs(table);
  return 1;
}

static Code long_code(const Table* table, uint64_t window) {
  for (int length = QUICK + 1; length <= LONGEST; ++length) {
    const int place = (int)(window >> (64 - length)) - table->first[length];
    if (place >= 0 && place < table->count[length]) {
      return table->codes[table->index[length] + place];
    }
  }
  return (Code){0, 0, 0, 0};
}

static inline Code look(const Table* table, Bits* bits) {
  refill(bits);
  const Code code = table->quick[bits->window >> (64 - QUICK)];
  return code.length ? code : long_code(table, bits->window);
}

// --- Blocks --------------------------------------------------------------------------------------

// One component of the scan. `seen` has a bit for each coefficient that is not zero, of every block
// in rows of `stride`: refining scans have a bit for each of them.
typedef struct {
  Table dc, ac;
  int across, down, limit, last, stride;
  Py_ssize_t blocks;
  uint64_t* seen;
} Part;

typedef struct {
  int progressive, first, last, high, low;
  unsigned run;  // blocks that end at once, of a progressive scan
} Scan;

static int walk_dc(const Scan* scan, Part* part, Bits* bits) {
  if (scan->high) {
    take(bits, 1);
    return 1;
  }
  const Code code = look(&part->dc, bits);
  const int size = code.symbol;
  if (!code.length || size > 11) return 0;
  skip(bits, code.length);
  const int value = (int)take(bits, size);
  part->last += size && value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  return abs(part->last) * (1 << scan->low) <= part->limit;
}

static int walk_sequential_ac(const Part* part, Bits* bits) {
  int k = 1;
  while (k < COEFFICIENTS) {
    refill(bits);
    // The first of a pair must not be the block's last.
    const Code* codes = k < COEFFICIENTS - LONGEST ? part->ac.pairs : part->ac.quick;
    Code code = codes[bits->window >> (64 - QUICK)];
    if (!code.length) code = long_code(&part->ac, bits->window);
    if (!code.length) return 0;
    skip(bits, code.total);
    k += code.step;
  }
  return k == COEFFICIENTS || k >= END_OF_BLOCK;
}

static unsigned run_of(const Code code, Bits* bits) {
  const int size = code.symbol >> 4;
  return (1U << size) + take(bits, size);
}

static inline uint64_t bits_from(int place) { return place < 64 ? ~(uint64_t)0 << place : 0; }

static inline int population(uint64_t word) {
  word -= word >> 1 & 0x5555555555555555;
  word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
  word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F;
  return (int)(word * 0x0101010101010101 >> 56);
}

static int walk_first_ac(Scan* scan, const Part* part, Bits* bits, uint64_t* seen) {
  if (scan->run) return scan->run--, 1;
  for (int k = scan->first; k <= scan->last; ++k) {
    const Code code = look(&part->ac, bits);
    if (!code.length) return 0;
    if (code.step == END_OF_BLOCK) {
      skip(bits, code.length);
      scan->run = run_of(code, bits) - 1;
      return 1;
    }
    skip(bits, code.total);
    k += code.symbol >> 4;
    if (k > scan->last) return 0;
    if (code.symbol & 15) *seen |= (uint64_t)1 << k;
  }
  return 1;
}

// The corrections of coefficients that are not zero, a bit for each of them.
static void skip_corrections(Bits* bits, uint64_t corrected) {
  if (!corrected) return;
  for (int count = population(corrected); count > 0; count -= 32) {
    refill(bits);
    skip(bits, count < 32 ? count : 32);
  }
}

static int walk_refined_ac(Scan* scan, const Part* part, Bits* bits, uint64_t* seen) {
  const uint64_t band = bits_from(scan->first) & ~bits_from(scan->last + 1);
  uint64_t ahead = band;  // the coefficients that are still to come
  while (!scan->run && ahead) {
    const Code code = look(&part->ac, bits);
    const int size = code.symbol & 15;
    if (!code.length || size > 1) return 0;
    skip(bits, code.length);
    if (code.step == END_OF_BLOCK) {
      scan->run = run_of(code, bits);
      break;
    }
    skip(bits, size);
    uint64_t zeros = ahead & ~*seen;
    for (int run = code.symbol >> 4; run && zeros; --run) zeros &= zeros - 1;
    if (size && !zeros) return 0;
    const uint64_t place = zeros & (0 - zeros);  // 0: behind the last
    const uint64_t passed = place ? ahead & (place - 1) : ahead;
    skip_corrections(bits, passed & *seen);
    ahead &= ~(passed | place);
    if (size) *seen |= place;
  }
  if (scan->run) {
    skip_corrections(bits, ahead & *seen);
    --scan->run;
  }
  return 1;
}

static int walk_block(Scan* scan, Part* part, Bits* bits, Py_ssize_t place) {
  if (!scan->progressive) return walk_dc(scan, part, bits) && walk_sequential_ac(part, bits);
  if (!scan->first) return walk_dc(scan, part, bits);
  if (place >= part->blocks) return 0;
  return (scan->high ? walk_refined_ac : walk_first_ac)(scan, part, bits, part->seen + place);
}

// A last byte is filled up with ones, by some encoders with zeros.
static int ends_well(Bits* bits, int spare) {
  const int filling = (int)(left(bits) % 8);
  const unsigned filled = take(bits, filling);
  return left(bits) <= 8 * spare && (!filled || filled == (1U << filling) - 1);
}

// Units from `begin` to `end` of a scan `wide` units wide.
static int walk_units(Scan* scan, Part* parts, int count, Bits* bits, int wide, Py_ssize_t begin,
                      Py_ssize_t end, int spare) {
  scan->run = 0;
  for (int i = 0; i < count; ++i) parts[i].last = 0;
  Py_ssize_t row = begin / wide, column = begin % wide;
  for (Py_ssize_t unit = begin; unit < end; ++unit) {
    for (Part* part = parts; part < parts + count; ++part) {
      for (int down = 0; down < part->down; ++down) {
        for (int across = 0; across < part->across; ++across) {
          const Py_ssize_t place =
              (row * part->down + down) * part->stride + column * part->across + across;
          if (!walk_block(scan, part, bits, place) || left(bits) < 0) return 0;
        }
      }
    }
    if (++column == wide) column = 0, ++row;
  }
  return !scan->run && ends_well(bits, spare);
}

// --- Scans ---------------------------------------------------------------------------------------

// Copy what lies before the next marker, without the zeros that are stuffed behind each 255.
// Returns where the marker is.
static const uint8_t* unstuffed(const uint8_t* from, const uint8_t* end, uint8_t* out,
                                Py_ssize_t* size) {
  uint8_t* const start = out;
  while (from < end) {
    const uint8_t* escape = memchr(from, 0xFF, (size_t)(end - from));
    if (!escape) escape = end;
    memcpy(out, from, (size_t)(escape - from));
    out += escape - from;
    from = escape;
    while (escape < end && *escape == 0xFF) ++escape;
    if (escape == end || *escape) break;
    *out++ = 0xFF;
    from = escape + 1;
  }
  *size = out - start;
  memset(out, 0, LONGEST_BLOCK);
  return from;
}

static int marker_at(const uint8_t* place, const uint8_t* end) {
  while (place < end && *place == 0xFF) ++place;
  return place < end ? *place : 0;
}

// Returns where the scan ends, NULL if it is damaged.
static const uint8_t* walk_scan(Scan* scan, Part* parts, int count, const uint8_t* from,
                                const uint8_t* end, uint8_t* buffer, int wide, int high,
                                int interval) {
  const Py_ssize_t units = (Py_ssize_t)wide * high;
  const Py_ssize_t step = interval ? interval : units;
  for (Py_ssize_t begin = 0; begin < units; begin += step) {
    const int restart = (int)(begin / step % 8);
    if (begin) {
      if (marker_at(from, end) != FIRST_RESTART + (restart + 7) % 8) return NULL;
      while (*from == 0xFF) ++from;
      ++from;
    }
    Py_ssize_t size;
    from = unstuffed(from, end, buffer, &size);
    Bits bits = {0, 0, buffer, buffer + size};
    const Py_ssize_t stop = begin + step < units ? begin + step : units;
    if (!walk_units(scan, parts, count, &bits, wide, begin, stop, stop < units ? 0 : SPARE)) {
      return NULL;
    }
  }
  const int marker = marker_at(from, end);
  return marker >= FIRST_RESTART && marker <= LAST_RESTART ? NULL : from;
}

static int read_part(PyObject* description, Part* part, Py_buffer* seen) {
  const char *dc, *ac;
  Py_ssize_t dc_size, ac_size;
  if (!PyArg_ParseTuple(description, "y#y#iiiw*i", &dc, &dc_size, &ac, &ac_size, &part->across,
                        &part->down, &part->limit, seen, &part->stride)) {
    return 0;
  }
  part->seen = seen->buf;
  part->blocks = seen->len / (Py_ssize_t)sizeof(uint64_t);
  if ((!dc_size || make_table(&part->dc, (const uint8_t*)dc, dc_size)) &&
      (!ac_size || make_table(&part->ac, (const uint8_t*)ac, ac_size)) && part->across > 0 &&
      part->across <= 4 && part->down > 0 && part->down <= 4 && part->stride > 0) {
    return 1;
  }
  PyBuffer_Release(seen);
  PyErr_SetString(PyExc_ValueError, "there can be no such component");
  return 0;
}

static PyObject* walked(Scan* scan, Part* parts, PyObject* descriptions, const Py_buffer* content,
                        Py_ssize_t start, int wide, int high, int interval) {
  Py_buffer seen[MOST_PARTS];
  const int count = (int)PyTuple_Size(descriptions);
  int opened = 0;
  while (opened < count &&
         read_part(PyTuple_GetItem(descriptions, opened), parts + opened, seen + opened)) {
    ++opened;
  }
  PyObject* result = NULL;
  uint8_t* buffer = NULL;
  if (opened == count) {
    buffer = malloc((size_t)(content->len - start) + LONGEST_BLOCK);
    if (!buffer) PyErr_NoMemory();
  }
  if (buffer) {
    const uint8_t *const bytes = content->buf, *end;
    Py_BEGIN_ALLOW_THREADS
    end = walk_scan(scan, parts, count, bytes + start, bytes + content->len, buffer, wide, high,
                    interval);
    Py_END_ALLOW_THREADS
    result = PyLong_FromSsize_t(end ? end - bytes : -1);
  }
  free(buffer);
  while (opened) PyBuffer_Release(seen + --opened);
  return result;
}

static PyObject* walk_function(PyObject* module, PyObject* arguments) {
  (void)module;
  Py_buffer content;
  Py_ssize_t start;
  Scan scan = {0, 0, 0, 0, 0, 0};
  int wide, high, interval;
  PyObject *descriptions, *result = NULL;
  if (!PyArg_ParseTuple(arguments, "y*nO!(ii)ip(iiii)", &content, &start, &PyTuple_Type,
                        &descriptions, &wide, &high, &interval, &scan.progressive, &scan.first,
                        &scan.last, &scan.high, &scan.low)) {
    return NULL;
  }
  const int fit = start >= 0 && start <= content.len && wide > 0 && high > 0 && interval >= 0 &&
                  PyTuple_Size(descriptions) > 0 && PyTuple_Size(descriptions) <= MOST_PARTS &&
                  scan.first >= 0 && scan.last < COEFFICIENTS && scan.low >= 0 && scan.low <= 13;
  Part* parts = fit ? calloc(MOST_PARTS, sizeof *parts) : NULL;
  if (!fit) {
    PyErr_SetString(PyExc_ValueError, "there can be no such scan");
  } else if (!parts) {
    PyErr_NoMemory();
  } else {
    result = walked(&scan, parts, descriptions, &content, start, wide, high, interval);
  }
  free(parts);
  PyBuffer_Release(&content);
  return result;
}

static PyMethodDef functions[] = {
    {"walk", walk_function, METH_VARARGS, "Where a scan of a JPEG ends; -1 if it is damaged."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_jpeg", NULL, 0, functions,
                                    NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__jpeg(void) { return PyModule_Create(&module); }
