"""What was found: records, results, and what can be made of them.

- ``record``: reading and writing the record of a frame
- ``result``: people and their landmarks, as users get them
- ``blendshapes``: a face's expression, as an array with names
- ``named_points``: points by their names
- ``angles``: angles of joints and of the head
- ``gestures``: gestures of one hand
- ``drawing``: drawing people into a picture
- ``writers``, ``readers``: results in files
- ``tables``: many results as one table or stack of arrays
- ``optional``: libraries that only some formats need
"""
