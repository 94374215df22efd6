"""Files of other people's tools, written from recordings and, where they hold enough, read back.

- ``formats``: all formats by the endings of their names
- ``collected``: .pose and Parquet among the writers that take results as they come
- ``tracks``: people over time, as these files want them
- ``keypoints``: pose and hands as one list of points in pixels
- ``face68``: the 68 points of a face that most data sets mark
- ``markers``: points in metres, under the axes of a laboratory
- ``pose_format``: .pose, of sign-language research
- ``openpose``: a folder of JSON files, a file a frame
- ``coco_wholebody``: the JSON file of a data set, 133 points a person
- ``trc``, ``c3d``: marker files of biomechanics
- ``movement``: a person's movement as a skeleton and its bones' rotations
- ``bvh``, ``gltf``: files of motion
- ``deeplabcut``, ``sleap``: tables of animal tracking
- ``slp``: SLEAP's project file
- ``parquet``: the long table
"""
