"""What the tracker and the page's MicroPython both read: it imports nothing else of ours.

- ``landmarks``: the landmarks' names
- ``blendshapes``: the names of what a face's expression is made of
- ``bones``: the names of a humanoid's bones
- ``connections``: which landmarks are joined by lines
- ``layout``: the shared memory of page and workers, and the record of a frame
- ``schedule``: who computes which part of which frame
- ``model_sets``: which model files the parts need, variant by variant
- ``stillness``: how frames are compared, and which need not be computed
- ``quality``: levels of effort, and the governor that chooses one
"""
