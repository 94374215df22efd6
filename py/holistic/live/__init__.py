"""Results as they come, in other people's viewers, avatars and notebooks.

- ``rerun``: frames, landmarks and angles on a timeline, in Rerun
- ``vmc``: motion for avatar programs, by the VMC protocol
- ``ifacialmocap``: a face, by iFacialMocap's text
- ``pacemaker``: sending at a steady rate
- ``outputs``: which of these there are, and opening them
- ``bridge``: the page's motion for avatar programs, through a WebSocket
- ``notebook``: the tag in a Jupyter notebook, with its events in Python
"""
