"""Running a network on a region of a frame, and decoding what it gives.

Nothing here remembers a frame.

- ``runtime``: the interpreter and the image warp of this machine
- ``native_warp``: the warp, compiled or by NumPy
- ``arithmetic``: whether integers or floats are faster on this machine
- ``model_files``: finding the model files
- ``model_delta``: a model told as its difference from another
- ``model_planes``: a model's bytes in an order that gzip packs better
- ``roi``: regions of interest and the plane geometry around them
- ``model``: a network that takes a region of the frame
- ``detector``: single-shot detectors of bodies, faces and palms
- ``landmarkers``: landmarks of a body, a face and a hand
- ``refined_face``: the face mesh with irises
- ``blendshapes``: the expression of a face, from its points
- ``approximate_blendshapes``: the same from fewer points and without a network, roughly
- ``approximate_weights``: the numbers that it is made with
- ``mask``: the segmentation mask, brought into the frame
- ``model_cache``: submodels by name, shared and freed
"""
