"""The avatar that the page shows: a simple person, made by a program, as a VRM 1.0 file.

``python -m avatar OUT.vrm`` writes it. Nobody drew it, and nobody else has rights in it.

- ``meshes``: tubes and ellipsoids, with weights of bones and with morphs
- ``body``: trunk, limbs and fingers around the skeleton
- ``face``: head, eyes, lids, brows and mouth, and what blendshapes do to them
- ``vrm``: the file
- ``pictures``: the documentation's pictures of avatar, motion and gestures
"""
