// The kernel of py/kernels/warp.c as a Python module, for the native tracker.
//
// One function, in the stable ABI of Python 3.11. To it belong quick ways for runs of pixels, which in
// WebAssembly SIMD gives: by vectors on x86, else for runs that lie inside of the image, three channels
// in one number. The numbers are the same to the last bit.

#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "../../kernels/warp.c"

// `nearest` of a number that is not far from zero: in the sum, below 2^53, there is no place for
// fractions, and its low word is the integer.
static inline int32_t near_integer(double value) {
  const double sum = value + 6755399441055744.0;  // 1.5 * 2^52
  int64_t bits;
  memcpy(&bits, &sum, sizeof bits);
  return (int32_t)bits;
}

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>

// Two neighbouring pixels as pairs of 16-bit numbers, one pair a channel.
static inline __m128i pixel_pairs(const uint8_t* source, int channels) {
  uint32_t first;
  uint16_t rest;
  memcpy(&first, source, sizeof first);
  memcpy(&rest, source + sizeof first, sizeof rest);  // of three channels there may be no more
  const __m128i levels = channels == 4 ? _mm_loadl_epi64((const __m128i*)source)
                                       : _mm_insert_epi16(_mm_cvtsi32_si128((int)first), rest, 2);
  const __m128i numbers = _mm_unpacklo_epi8(levels, _mm_setzero_si128());
  const __m128i right = channels == 4 ? _mm_srli_si128(numbers, 8) : _mm_srli_si128(numbers, 6);
  return _mm_unpacklo_epi16(numbers, right);
}

// Weights of two neighbours, for each pair.
static inline __m128i weight_pairs(int left, int right) {
  return _mm_set1_epi32(left | right << 16);
}

// Where a position lies among `pixels`: the pixel before it that has another one behind it, and how
// far the position is from that. One outside of the image is moved to its edge.
static inline int pixel_before(int32_t position, int pixels, int* part) {
  const int last = (pixels - 1) * POSITION_ONE;
  const int limited = position < 0 ? 0 : position < last ? position : last;
  const int before = smaller(limited >> POSITION_BITS, pixels - 2);
  *part = limited - before * POSITION_ONE;
  return before;
}

// Interpolate a run, as `sample_line` does where what is outside of the image is the nearest pixel.
static inline void sample_pairs(const Image* image, double x, double y, double step_x,
                                double step_y, int count, uint8_t* out, int channels) {
  const __m128i half = _mm_set1_epi32(1 << (WEIGHT_BITS - 1)), zero = _mm_setzero_si128();
  for (int i = 0; i < count; ++i, out += OUTPUT_CHANNELS) {
    int right, below;
    const int column = pixel_before(near_integer(x + step_x * i), image->width, &right);
    const int row = pixel_before(near_integer(y + step_y * i), image->height, &below);
    const uint8_t* upper = image->pixels + row * image->stride + column * channels;
    const int left = POSITION_ONE - right, above = POSITION_ONE - below;
    const __m128i sums = _mm_add_epi32(
        _mm_madd_epi16(pixel_pairs(upper, channels), weight_pairs(left * above, right * above)),
        _mm_madd_epi16(pixel_pairs(upper + image->stride, channels),
                       weight_pairs(left * below, right * below)));
    const __m128i levels = _mm_srli_epi32(_mm_add_epi32(sums, half), WEIGHT_BITS);
    const __m128i bytes = _mm_packus_epi16(_mm_packs_epi32(levels, zero), zero);
    const int32_t pixel = _mm_cvtsi128_si32(bytes);
    memcpy(out, &pixel, sizeof pixel);  // a byte more than it has: the next one's, or room
  }
}

// Whether a position can be rounded: nobody has a picture that far from zero.
static inline int is_near(double position) { return fabs(position) < 1 << 30; }

static inline int within(double position, int pixels) {
  return position >= 0 && position <= (double)(pixels - 1) * POSITION_ONE;
}

// Interpolate a run, as `sample_line` does. It is straight: its ends tell where it is.
static void sample_run(const Image* image, double x, double y, double step_x, double step_y,
                       int count, uint8_t* out) {
  const double last_x = x + step_x * (count - 1), last_y = y + step_y * (count - 1);
  const int near = is_near(x) && is_near(last_x) && is_near(y) && is_near(last_y);
  const int inside = within(x, image->width) && within(last_x, image->width) &&
                     within(y, image->height) && within(last_y, image->height);
  if (!near || !(image->replicate || inside) || image->width < 2 || image->height < 2) {
    sample_line(image, x, y, step_x, step_y, count, out);
  } else if (image->channels == 4) {
    sample_pairs(image, x, y, step_x, step_y, count, out, 4);
  } else {
    sample_pairs(image, x, y, step_x, step_y, count, out, 3);
  }
}

#else

// A pixel's three channels in one number, with room for what 1 << WEIGHT_BITS times each needs.
enum { LANE = 21 };
static inline uint64_t lanes(const uint8_t* pixel) {
  return (uint64_t)pixel[0] | (uint64_t)pixel[1] << LANE | (uint64_t)pixel[2] << 2 * LANE;
}

// Interpolate `count` pixels that all lie inside of the image, as `sample_line` does.
static void sample_inside_line(const Image* image, double x, double y, double step_x,
                               double step_y, int count, uint8_t* out) {
  const uint64_t half = (uint64_t)1 << (WEIGHT_BITS - 1);
  const uint64_t halves = half | half << LANE | half << 2 * LANE;
  for (int i = 0; i < count; ++i, out += OUTPUT_CHANNELS) {
    const int32_t across = near_integer(x + step_x * i), down = near_integer(y + step_y * i);
    const uint8_t* upper = image->pixels + (down >> POSITION_BITS) * image->stride +
                           (across >> POSITION_BITS) * image->channels;
    const uint8_t* lower = upper + image->stride;
    const unsigned right = across & (POSITION_ONE - 1), left = POSITION_ONE - right;
    const unsigned below = down & (POSITION_ONE - 1), above = POSITION_ONE - below;
    const uint64_t sums = lanes(upper) * (left * above) +
                          lanes(upper + image->channels) * (right * above) +
                          lanes(lower) * (left * below) +
                          lanes(lower + image->channels) * (right * below) + halves;
    for (int channel = 0; channel < OUTPUT_CHANNELS; ++channel) {
      out[channel] = (uint8_t)(sums >> (WEIGHT_BITS + LANE * channel));
    }
  }
}

static inline int within(double position, int pixels) {
  return position >= 0 && position < (double)(pixels - 1) * POSITION_ONE - 1;
}

// Interpolate a run, as `sample_line` does. It is straight: its ends tell whether it is inside.
static void sample_run(const Image* image, double x, double y, double step_x, double step_y,
                       int count, uint8_t* out) {
  const double last_x = x + step_x * (count - 1), last_y = y + step_y * (count - 1);
  if (within(x, image->width) && within(last_x, image->width) && within(y, image->height) &&
      within(last_y, image->height)) {
    sample_inside_line(image, x, y, step_x, step_y, count, out);
  } else {
    sample_line(image, x, y, step_x, step_y, count, out);
  }
}
#endif

static int fits(const Py_buffer* image, const Py_buffer* out, int size) {
  return image->ndim == 3 && image->itemsize == 1 && image->shape[0] > 0 && image->shape[1] > 0 &&
         image->shape[0] < INT32_MAX && image->shape[1] < INT32_MAX &&
         (image->shape[2] == 3 || image->shape[2] == 4) && image->strides[2] == 1 &&
         image->strides[1] == image->shape[2] && out->itemsize == sizeof(float) && size > 0 &&
         out->len == (Py_ssize_t)sizeof(float) * size * size * 3;
}

static PyObject* warp_function(PyObject* module, PyObject* arguments) {
  (void)module;
  PyObject *picture, *network_input;
  double matrix[6];
  int size, replicate;
  float low, high;
  if (!PyArg_ParseTuple(arguments, "O(dddddd)iOffp", &picture, &matrix[0], &matrix[1], &matrix[2],
                        &matrix[3], &matrix[4], &matrix[5], &size, &network_input, &low, &high,
                        &replicate)) {
    return NULL;
  }
  Py_buffer image, out;
  if (PyObject_GetBuffer(picture, &image, PyBUF_STRIDES) < 0) return NULL;
  if (PyObject_GetBuffer(network_input, &out, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS) < 0) {
    PyBuffer_Release(&image);
    return NULL;
  }
  const int fit = fits(&image, &out, size);
  if (fit) {
    Py_BEGIN_ALLOW_THREADS
    const Image source = {image.buf, (int)image.shape[1], (int)image.shape[0],
                          (int)image.shape[2], image.strides[0], replicate};
    warp(&source, matrix, size, out.buf, low, high, sample_run);
    Py_END_ALLOW_THREADS
  }
  PyBuffer_Release(&out);
  PyBuffer_Release(&image);
  if (fit) Py_RETURN_NONE;
  PyErr_SetString(PyExc_ValueError,
                  "the image must be (height, width, 3 or 4) bytes, a pixel's side by side, and "
                  "the output (1, size, size, 3) floats");
  return NULL;
}

static PyMethodDef functions[] = {
    {"warp", warp_function, METH_VARARGS, "Crop, turn, resize and normalise a part of an image."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_warp", NULL, 0, functions,
                                    NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__warp(void) { return PyModule_Create(&module); }
