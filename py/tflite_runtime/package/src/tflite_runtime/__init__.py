"""TensorFlow Lite for Pyodide: the interpreter, without the converter.

See ``tflite_runtime.interpreter.Interpreter``.
"""

__version__ = "2.14.1"
