"""Accuracy on ground truth: the tracker beside MediaPipe on pictures marked by hand.

``python build.py evaluate [FOLDER]`` runs it. From the ground up: ``views`` (what is shown),
``keypoints`` (whose points are which of ours), ``truth`` (what is marked, and how it is cut),
``scores`` (what is counted), ``comparison`` (one against another), ``predictors`` (who is
measured), ``reference`` and ``reference_environment`` (MediaPipe, in an interpreter of its own)
and ``report`` (the tables). ``answers`` keeps what they said. ``expressions`` compares blendshapes
with those of MediaPipe's FaceLandmarker (``reference_faces``). ``clips``, ``followers`` and
``clip_scores`` do the same for clips in which nothing is marked, with MediaPipe by
``reference_clips``; ``gestures`` measures gestures and chooses their limits; ``second_looks`` tells
what each second look gains and costs, and ``crowds`` fits what tells people from mistakes.
"""
