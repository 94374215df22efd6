// Collects what TensorFlow Lite reports, for the Python exception that follows a failed call.
// It also takes the place of the logger that would write to the console.
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "tensorflow/lite/minimal_logging.h"

namespace {

char text[4096];

void Append(const char* format, va_list args) {
  std::size_t used = std::strlen(text);
  if (used > 0 && used + 1 < sizeof text) text[used++] = '\n';
  std::vsnprintf(text + used, sizeof text - used, format, args);
}

}  // namespace

extern "C" {

// A reporter as TfLiteInterpreterOptionsSetErrorReporter takes it.
void ErrorLogAppend(void*, const char* format, va_list args) { Append(format, args); }

const char* ErrorLogText() { return text; }

void ErrorLogClear() { std::memset(text, 0, sizeof text); }

}  // extern "C"

namespace tflite {
namespace logging_internal {

LogSeverity MinimalLogger::minimum_log_severity_ = TFLITE_LOG_ERROR;

void MinimalLogger::LogFormatted(LogSeverity severity, const char* format, va_list args) {
  if (severity >= minimum_log_severity_) Append(format, args);
}

}  // namespace logging_internal
}  // namespace tflite
