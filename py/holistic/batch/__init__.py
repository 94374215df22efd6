"""Many inputs: pictures, videos and cameras, in this process, in several or on a cluster.

- ``media``: reading and writing pictures and videos
- ``jobs``: which inputs there are, where results go, and doing one
- ``executors``: doing all of them
"""
