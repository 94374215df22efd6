"""VRM 1.0's expressions of a face, from its 52 blendshapes."""

from __future__ import annotations

from holistic.results.blendshapes import Blendshapes

NAMES = (
    *("happy", "angry", "sad", "relaxed", "surprised"),
    *("aa", "ih", "ou", "ee", "oh"),
    *("blink", "blinkLeft", "blinkRight", "neutral"),
)
"""The preset expressions that a face can show; those of gaze are rotations of the eyes."""


def vrm_expressions(face: Blendshapes) -> dict[str, float]:
    """How much of each of ``NAMES`` a face shows, 0 to 1.

    Vowels come from the jaw and the lips, moods from lips and brows. Of one blink only one of the
    three names is used: ``blink`` where both eyes shut, else that of the eye.
    """
    left, right = face["eyeBlinkLeft"], face["eyeBlinkRight"]
    both = min(left, right)
    smile = _mean(face, "mouthSmile")
    jaw, funnel, pucker = face["jawOpen"], face["mouthFunnel"], face["mouthPucker"]
    wide = max(smile, _mean(face, "mouthStretch"))
    brows = _mean(face, "browDown")
    found = {
        "happy": smile,
        "angry": brows * (1 - smile),
        "sad": _mean(face, "mouthFrown") * (1 - brows),
        "relaxed": 0.0,
        "surprised": min(_mean(face, "eyeWide"), face["browInnerUp"]),
        "aa": jaw * (1 - funnel) * (1 - pucker),
        "ih": wide * jaw * (1 - jaw),
        "ou": pucker * (1 - jaw),
        "ee": wide * (1 - jaw) * (1 - smile),
        "oh": funnel * jaw,
        "blink": both,
        "blinkLeft": left - both,
        "blinkRight": right - both,
    }
    found["neutral"] = 1 - max(found.values())
    return {name: min(1.0, max(0.0, found[name])) for name in NAMES}


def _mean(face: Blendshapes, name: str) -> float:
    """The mean of both sides."""
    return float(face[f"{name}Left"] + face[f"{name}Right"]) / 2
