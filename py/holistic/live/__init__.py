"""Results as they come, in other people's viewers and notebooks.

- ``rerun``: frames, landmarks and angles on a timeline, in Rerun
- ``notebook``: the tag in a Jupyter notebook, with its events in Python
"""
