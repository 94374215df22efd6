"""Many inputs: pictures, videos and cameras, in this process, in several or on a cluster.

- ``media``: the frames of an input, whatever it is
- ``addresses``: what an input's name means: a file, a camera, an address, a stream
- ``pictures``: pictures and animations, by Pillow
- ``damage``, ``jpeg_scans``: damage of pictures that their decoders do not tell
- ``videos``: videos, cameras and streams, by PyAV; ``pyav``: whose PyAV that is
- ``video_frames``, ``video_times``: how a video's frames look, and when they are shown
- ``orientation``: turning and mirroring
- ``media_errors``: what goes wrong with them
- ``read_ahead``: decoding the next frames while the tracker is at the present one
- ``canvas``: drawn pictures and videos
- ``sinks``: where results go, and what must not be replaced there
- ``claims``: files that somebody is writing
- ``jobs``: which inputs there are, where results go, and doing one
- ``executors``: doing all of them
- ``interruptions``: being asked to end
- ``manifest``: what was done, with which version and options
"""
