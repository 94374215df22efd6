"""The report's texts: what its columns mean and how its figures come about.

A sentence that judges figures is no template: see :mod:`compress.report.verdicts`.
"""

NOTES = """\
`python -m compress report` writes this page from `report/results.json`. It computes every figure
and every sentence that judges one. Every figure of a variant comes from the same pictures as its
float original's. Times come from one run of `python -m compress latency`, or from another of single
models (`--only`), and a line above the table says on which processors and when. They are those of
the files and of the WebAssembly runtime of that day: what the runtime's
[kernels](../py/tflite_runtime/KERNELS.md) give since is in the
[journal](../docs/journal/2026-11-kernels.md), and what a frame costs today in
[performance](../docs/performance.md). Native memory can be of an earlier run than the rest, and so
can the times of dynamic range: `--accuracy` keeps them.

- *px*: mean distance of landmarks to the float original's, in pixels of the model's input, where
  the original sees something; for detectors, of the keypoints of what both find. The sets show
  people on whom nothing was trained: `eval_*` and `research`.
- *p95*: the same distance that 95% stay below.
- *truth*: mean (median) distance to marks made by hand, in pixels of the input, on the same crops.
- *jitter*: how far landmarks move on a still picture with a camera's noise, against the original.
- *negatives*: part of random regions in which the model sees something, and part in which its
  presence and the original's disagree.
- *lost*: part of the original's detections, after non-maximum suppression, that the variant
  misses; *first*: of the best one in each picture; *invented*: part of its own that the original
  does not have.
- *openings*: correlation over a clip with the original's opening of each eye and the mouth.
- *ms*: one inference on one thread, best (and median) of 50: natively, and in the WebAssembly
  runtime in a worker in Chromium. Where the machine was busy, the best says more.
- *One frame*: the networks that a frame of tracking runs, pose, face, and two hands with their
  recrops, at their best times; *bytes* are of these files and the detectors of bodies and faces. A
  variant that lacks a model takes the next larger one.
- *MB*: by how much a fresh process grows at most, and a fresh worker's heap, when it loads these
  files and runs each once.
- *wide*: multiply-accumulates, in millions, of int8 convolutions whose products do not fit into
  sums of 16 bits; the kernels that most processors run fastest leave these to slower ones.
- *bytes* are those of the gzip file that is committed and served; *unpacked*, of the model in it.
"""

TARGETS = """\
What the models should reach, and the worst of all that was measured. Times are those of the faster
pruned set, which `auto` takes, measured on the days that the section *Processors* tells. Sizes,
times and memory are of the set that one frame runs, against the float one's; errors are of every
variant but float.
"""

UNSHIPPED = """\
- The face meshes and the recrop have no static int8 form. PRELU and DEPTH_TO_SPACE have no static
  int8 kernel, so these networks fall apart into int8 islands with conversions between them. What
  other operators in their place cost is in the
  [journal](../docs/journal/2026-11-compression.md).
- The detectors of bodies and faces have none, since they run where the tracker searches for
  somebody, not in every frame.
- No model has a dynamic-range form, which rounds activations anew in every run.
"""

DYNAMIC = """\
The table shows dynamic range on the same pictures, beside the weight-only form that is shipped: the
same weights, expanded when the file is loaded.
"""

PROCESSORS = """\
The same on several processors, each in one run on the day and at the load named, best of all
inferences: first a frame, then how much longer each network takes in WebAssembly than natively.
"""

CURVE = """\
What was tried with `python -m compress curve`, beside what is shipped: `student` is MediaPipe's
lite network as it is; `pruned` is a full one without a part of its work, fitted by least squares.
Both are in float. Their bytes tell little: MediaPipe's own weights have 16 bits and compress to
half. `pruned_int8` is shipped at one number of bits a weight, and was tried at others.

`trained_int8` is pruned and full integer: without a part of the channels that may go, in steps of
a tenth, trained after each, then static int8 but for the heads. The table has both measures:
*channels* of which part, in the name, and *work*, the multiply-accumulates that are left.
"""

CREDIT = "on pictures whose authors and licences `tests/media/README.md` names"
