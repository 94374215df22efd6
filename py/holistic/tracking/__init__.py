"""From frame to frame: who is who, which region comes next, smoothing.

- ``one_euro``: smoothing over time
- ``regions``: regions of bodies, faces and hands, from detections and from landmarks
- ``roi_tracks``: following one body, face or hand
- ``sides``: whose hand it is, and which
- ``second_look``: following a hand or a face that the first look does not find
- ``carried_hands``: carrying a hand on for a moment in which it is not found
- ``matching``: whether two findings are the same target
- ``search``: when a detector searches, and in which windows
- ``targets``: what a multi-tracker tracks
- ``newcomers``: verifying what a detector sees
- ``multi_tracker``: tracking several targets, each under its track id
- ``occlusion``: seeing one of several people who stand shoulder to shoulder
- ``body_search``: finding several bodies, and telling who is real
- ``stages``: one part of everybody's record each
- ``extrapolation``: carrying a part on through a frame in which it is not computed
- ``stillness``: whether anything has moved since the last frame that was computed
- ``stage_runner``: the stages at a level of effort
- ``turns``: turns of threads that share a tracker
- ``result_cache``: remembered results of pictures
"""
