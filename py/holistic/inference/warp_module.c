// The kernel of py/kernels/warp.c as a Python module, for the native tracker.
//
// One function, in the stable ABI of Python 3.11. To it belong quick ways for runs of pixels, which in
// WebAssembly SIMD gives: by vectors on x86 (warp_x86.h), else for runs that lie inside of the image,
// three channels in one number. The numbers are the same to the last bit. For tests WITHOUT_VECTORS and
// WITHOUT_AVX2 leave out what another machine does not have.

#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdlib.h>

#include "../../kernels/warp.c"

// `nearest` of a number that is not far from zero: in the sum, below 2^53, there is no place for
// fractions, and its low word is the integer.
static inline int32_t near_integer(double value) {
  const double sum = value + 6755399441055744.0;  // 1.5 * 2^52
  int64_t bits;
  memcpy(&bits, &sum, sizeof bits);
  return (int32_t)bits;
}

#if (defined(__SSE2__) || defined(_M_X64)) && !defined(WITHOUT_VECTORS)
#include "warp_x86.h"
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

static void warp_quickly(const Image* image, const double* matrix, int size, float* out, float low,
                         float high) {
#ifdef HAS_AVX2
  if (can_warp_by_eights(image)) {
    warp_by_eights(image, matrix, size, out, low, high);
    return;
  }
#endif
  warp(image, matrix, size, out, low, high, sample_run);
}

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
    warp_quickly(&source, matrix, size, out.buf, low, high);
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
