"""JavaScript's globals, as far as our Python uses them. Another one needs a line here."""

from jsffi import JsProxy

# Of the language
Array: JsProxy
ArrayBuffer: JsProxy
Atomics: JsProxy
Float32Array: JsProxy
Float64Array: JsProxy
Int32Array: JsProxy
Object: JsProxy
Uint8Array: JsProxy
Uint8ClampedArray: JsProxy
WebAssembly: JsProxy

# Of the browser
ImageData: JsProxy
Option: JsProxy
URL: JsProxy
URLSearchParams: JsProxy
XMLHttpRequest: JsProxy
crossOriginIsolated: bool
crypto: JsProxy
document: JsProxy
getComputedStyle: JsProxy
history: JsProxy
isSecureContext: bool
location: JsProxy
navigator: JsProxy
performance: JsProxy
setInterval: JsProxy
clearInterval: JsProxy
setTimeout: JsProxy
window: JsProxy
