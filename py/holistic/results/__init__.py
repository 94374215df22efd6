"""What was found: records, results, and what can be made of them.

- ``record``: reading and writing the record of a frame
- ``result``: people and their landmarks, as users get them
- ``named_points``: points by their names
- ``angles``: angles of joints and of the head
- ``drawing``: drawing people into a picture
- ``writers``, ``readers``: results in files
"""
