"""Which model files are needed: by the parts to find, and by the variant of the models.

Shared with the page's MicroPython, which asks for the files while Python is still being loaded;
so this module imports nothing.
"""

POSE_MODELS = ("pose_landmarks_lite", "pose_landmarks_full", "pose_landmarks_heavy")
"""The pose networks by complexity."""

HAND_MODELS = ("hand_landmarks_lite", "hand_landmarks", "hand_landmarks")
"""The hand networks by complexity."""

HEAVY = ("pose_landmarks_heavy", "pose_landmarks_heavy_mask")
"""Networks of 26 MB, in a package of their own; pages do without them."""

_SUBSTITUTES = {
    "hand_landmarks_lite": "hand_landmarks",
    "face_detector_full_range": "face_detector",
}
"""What stands in for a model that no folder of the variant has."""

FLOAT = "float"
AUTO = "auto"
VARIANTS = {
    FLOAT: (FLOAT,),
    "pruned": ("pruned", FLOAT),
    "int8": ("int8", FLOAT),
    "pruned_int8": ("pruned_int8", "int8", FLOAT),
    AUTO: ("pruned_int8", "int8", FLOAT),
}
"""For each variant the folders of models/ to look in, the first that has the model wins.

"float" is MediaPipe's own arithmetic, "int8" its networks with integer weights (and mostly integer
arithmetic), "pruned_int8" also with fewer channels where that pays, "pruned" these in float
arithmetic; "auto" is the fastest of them that MODEL_CARD.md vouches for.
"""

AUTO_IN_FLOAT = "pruned"
"""What "auto" is where networks of floats run faster (see ``inference.arithmetic``)."""

SETS = tuple(variant for variant in VARIANTS if variant != AUTO)
"""The sets of models that there are, from the largest to the smallest."""


def folders(variant: str) -> tuple[str, ...]:
    """The folders of a variant in order of preference.

    Raises:
        ValueError: there is no such variant.
    """
    return VARIANTS[canonical(variant)]


def canonical(variant: str) -> str:
    """A variant's name as VARIANTS has it; "pruned-int8" is "pruned_int8" too.

    Raises:
        ValueError: there is no such variant.
    """
    name = variant.replace("-", "_")
    if name not in VARIANTS:
        raise ValueError(f"variant must be one of {', '.join(VARIANTS)}, not {variant!r}")
    return name


def places(name: str, variant: str) -> list[tuple[str, str]]:
    """The folder and the name of every file that may be the model ``name``, in that order.

    The first that is there is taken.

    Raises:
        ValueError: there is no such variant.
    """
    names = [name, _SUBSTITUTES[name]] if name in _SUBSTITUTES else [name]
    return [(folder, each) for each in names for folder in folders(variant)]


def has_light_hand(variant: str) -> bool:
    """Whether a variant has the light hand network; the others take the full one for it.

    Raises:
        ValueError: there is no such variant.
    """
    return canonical(variant) not in (FLOAT, "int8")


def redetect_interval(variant: str) -> int:
    """In how many frames a face or a hand that is followed is checked once.

    MediaPipe checks in every frame, and so does every variant but "auto", which is to be fast
    (docs/performance.md tells what that gains, and what it changes).

    Raises:
        ValueError: there is no such variant.
    """
    return 6 if canonical(variant) == AUTO else 1


FACE_DETECTORS = {"short": "face_detector", "full": "face_detector_full_range"}
"""The detectors of faces by range: BlazeFace to two metres from the camera, and to five."""

FACE_MODELS = ("face_landmarks", "face_landmarks_v2")
"""The face networks: without irises and with them."""

ATTENTION_MESH = "face_landmarks_refined"
"""The face network with irises that MediaPipe's solutions have."""

BLENDSHAPES = "face_blendshapes"
"""The network that sees a face's points and tells its expression."""

APPROXIMATE = "approximate"
"""How blendshapes are asked for that are made of the mesh without V2, and are rough."""

_FILES = {ATTENTION_MESH: (ATTENTION_MESH, "face_refinement")}


def files(name: str) -> tuple[str, ...]:
    """The model files that the submodel ``name`` is made of."""
    return _FILES.get(name, (name,))


def has_exact_blendshapes(asked: "bool | str", irises: bool) -> bool:
    """Whether blendshapes that are ``asked`` for come from V2 and the blendshape network.

    Approximate ones do where V2 finds the face anyway, with irises.
    """
    return bool(asked) and (asked != APPROXIMATE or irises)


def submodel_names(
    parts: list[str],
    complexity: int,
    *,
    with_pose: bool = True,
    several: bool = False,
    irises: bool = False,
    blendshapes: "bool | str" = False,
) -> list[str]:
    """The submodels that the parts, or others of layout.COMPUTED, need.

    ``with_pose`` says whether faces and hands begin from a pose (and get a second look),
    ``several`` whether more than one person is looked for, ``irises`` and ``blendshapes`` whether
    faces have them; blendshapes may be APPROXIMATE.
    """
    hands = ["palm_detector", HAND_MODELS[complexity]]
    if with_pose:
        hands.append("hand_recrop")
    exact = has_exact_blendshapes(blendshapes, irises)
    face = ["face_detector", FACE_MODELS[irises or exact]]
    if exact:
        face.append(BLENDSHAPES)
    needed = {
        "pose": ("pose_detector", POSE_MODELS[complexity]),
        "face": face,
        "left_hand": hands,
        "right_hand": hands,
        "rotations": [],
    }
    names: list[str] = []
    for part in parts:
        names.extend(name for name in needed[part] if name not in names)
    if several and "pose" in parts:
        names.append(FACE_DETECTORS["full"])
    return names
