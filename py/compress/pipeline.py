"""A recipe's stages in order; each leaves a file, and is not run again while the file is there.

float model -> pruned.tflite -> checkpoint.pt (training) -> trained.pt, distilled.tflite
or, where channels are pruned in steps, the same for each in a folder of its own
or the committed file -> begun.tflite -> retrain/checkpoint.pt -> retrained.tflite
-> equalized.tflite -> reconstructed.pt -> tune/checkpoint.pt (training with rounding) -> tuned.pt
-> weight-grids-BITS.pt -> result-BITS.tflite -> finished-BITS.tflite
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from compress.data.degradation import degraded
from compress.data.inputs import to_input
from compress.data.samples import Augmentation, Samples, noisy
from compress.fit import presence_head, weight_grids
from compress.fit.constant_channels import zero_constant_channels
from compress.fit.distil import Run
from compress.fit.equalize import equalize
from compress.fit.export_int8 import Exporter
from compress.fit.gptq import Grid
from compress.fit.network import Network
from compress.fit.overflow_safe import make_overflow_safe
from compress.fit.prune import prune
from compress.fit.quantized import QuantizedNetwork, calibrate
from compress.fit.reconstruct import reconstruct
from compress.fit.score_bias import score_shift, shift_scores
from compress.fit.smooth import positions_smoothed, smooth
from compress.recipe import Distil, PresenceFit, Recipe
from compress.tflite import fold, model_file, prelu, trim
from compress.tflite.dequantize import in_float
from compress.tflite.model_file import serialize
from compress.tflite.runner import Runner
from holistic.inference.model_files import find

CALIBRATION_SEED = 99
CALIBRATION_IMAGES = 64
NOISE_SEED = 5
PRESENCE_SEED = 77
PRESENCE_BATCH = 32
TRAINED = "trained.pt"

Progress = Callable[[str], None]


class Pipeline:
    """One recipe at work in a folder of its own."""

    def __init__(
        self, recipe: Recipe, floats: Path, crops: Path, work: Path, progress: Progress = print
    ) -> None:
        """``floats`` holds the float models, ``crops`` what :mod:`compress.data.crops` cut.

        Students are in the folder ``student`` beside the former, and what is committed of training
        runs in ``training``.
        """
        self._recipe = recipe
        self._folder = work / recipe.name
        if recipe.prune and recipe.prune.channels:
            self._folder /= f"{recipe.prune.channels[-1]:g}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._progress = progress
        before = recipe.before
        self._before = before and Pipeline(before, floats, crops, work, progress)
        original = model_file.load(floats / f"{recipe.original}.tflite")
        graph = original.subgraphs[0]
        size = model_file.shape(graph.tensors[graph.inputs[0]])[1]
        self._samples = Samples(crops, recipe.subject, size)
        trim.separate_constants(original)
        self._original = original
        self._students = floats.parent / "student"
        self._committed = floats.parent, recipe.variant
        self._begun = floats.parent / "training" / f"{recipe.name}.pt"

    def make(self) -> bytes:
        """Run every stage of the recipe and return the resulting .tflite file."""
        quantize = self._recipe.quantize
        bits = f"-{quantize.bits:g}" if quantize and quantize.bits else ""
        path = self._folder / f"result{bits}.tflite"
        if not path.is_file():
            path.write_bytes(self._result())
        if quantize is None or not any(
            (
                *(quantize.overflow_safe, quantize.score_bias_images, quantize.prelu_rows),
                *(quantize.constant_images, self._recipe.presence_fit),
            )
        ):
            return path.read_bytes()
        finished = self._folder / f"finished{bits}.tflite"
        if not finished.is_file():
            finished.write_bytes(self.finished(path.read_bytes()))
        return finished.read_bytes()

    @property
    def trained(self) -> Path | None:
        """The file with which training of the float model can continue, if it was trained."""
        distils = self._recipe.distil and not self._recipe.retrain
        return self._folder / TRAINED if distils else None

    def finished(self, content: bytes) -> bytes:
        """An int8 file of the recipe's model after the stages that need no other file."""
        quantize = self._recipe.quantize
        assert quantize is not None
        model = model_file.parse(content)
        if quantize.constant_images:
            self._zero_constants(model, quantize.constant_images)
        if quantize.overflow_safe:
            self._progress("making weights overflow-safe")
            images = self._images(quantize.gptq_images)
            make_overflow_safe(model, images, depthwise=quantize.overflow_safe_depthwise)
        if quantize.score_bias_images:
            self._progress("correcting the bias of scores")
            scores = self._recipe.presence
            assert scores is not None
            inputs = to_input(self._samples.ordered(quantize.score_bias_images), self._recipe.low)
            files = serialize(model), serialize(self._original)
            found, wanted = (Runner(one)(inputs)[scores] for one in files)
            shift_scores(model, scores, score_shift(found, wanted))
        if self._recipe.presence_fit:
            self._fit_presence(model, self._recipe.presence_fit)
        prelu.by_rows(model, quantize.prelu_rows)
        trim.sweep(model)
        return serialize(model, compact=True)

    def without_constants(self, content: bytes) -> bytes:
        """An int8 file of the recipe's model with its constant channels zeroed, and nothing else.

        Raises ModelError where the recipe has no ``constant_images``.
        """
        quantize = self._recipe.quantize
        if quantize is None or not quantize.constant_images:
            raise model_file.ModelError(f"recipe {self._recipe.name} has no constant_images")
        model = model_file.parse(content)
        self._zero_constants(model, quantize.constant_images)
        return serialize(model, compact=True)

    def _zero_constants(self, model: Any, images: int) -> None:
        self._progress("zeroing the weights of constant channels")
        zero_constant_channels(model, self._images(images))

    def believed(self, content: bytes) -> bytes:
        """An int8 file of the recipe's model with its presence fitted anew, and nothing else.

        Raises ModelError where the recipe has no ``presence_fit``.
        """
        if self._recipe.presence_fit is None:
            raise model_file.ModelError(f"recipe {self._recipe.name} has no [presence_fit]")
        model = model_file.parse(content)
        self._fit_presence(model, self._recipe.presence_fit)
        return serialize(model, compact=True)

    def _fit_presence(self, model: Any, settings: PresenceFit) -> None:
        """Fit the presence of an int8 model to what the original sees in the sharp pictures."""
        self._progress("fitting the presence")
        presence = self._recipe.presence
        assert presence is not None
        read, original = presence_head.reader(model, presence), Runner(serialize(self._original))
        augmentation = Augmentation(stretch=settings.stretch, negatives=settings.negatives)
        features, truth = [], []
        for number in range(-(-settings.images // PRESENCE_BATCH)):
            sharp = self._samples.batch(number, PRESENCE_BATCH, augmentation, PRESENCE_SEED)
            seen = degraded(sharp, settings.degraded, (PRESENCE_SEED, number))
            features.append(read(to_input(seen, self._recipe.low)))
            truth.append(original(to_input(sharp, self._recipe.low))[presence].reshape(-1))
        found, wanted = np.concatenate(features), np.concatenate(truth)
        presence_head.refit(model, presence, found, wanted, settings.doubt)
        trim.sweep(model)

    def _result(self) -> bytes:
        model = self._trained_model()
        if self._recipe.quantize is None:
            return serialize(model)
        if self._recipe.quantize.prelu_sums:
            prelu.as_sums(model)
        model = self._smoothed(self._equalized(model))
        network = self._on_weight_grids(model, self._quantized(model))
        exported = Exporter(model, network).export()
        return serialize(exported, compact=True)

    def _pruned(self) -> Any:
        """The float model with fewer channels, fitted to what it had, or the smaller student."""
        if self._recipe.teacher:
            return model_file.load(self._students / f"{self._recipe.model}.tflite")
        if self._recipe.prune is None:
            return copy.deepcopy(self._original)
        path = self._folder / "pruned.tflite"
        if not path.is_file():
            begun = self._before._trained_model() if self._before else self._original
            self._progress("pruning")
            teacher = Network(begun).eval()
            images = self._images(self._recipe.prune.images)
            model, kept = prune(begun, teacher, images, self._recipe, self._original)
            student = Network(model).eval()
            reconstruct(teacher, student, images[: self._recipe.images], kept)
            student.store(model)
            model_file.save(model, path)
        return model_file.load(path)

    def _trained_model(self) -> Any:
        """The float model after all training."""
        if self._recipe.retrain is None:
            return self._distilled(self._pruned())
        path = self._folder / "retrained.tflite"
        if not path.is_file():
            model = self._begun_model()
            student = Network(model)
            folder = self._folder / "retrain"
            run = self._run(self._recipe.retrain, self._original, student, folder)
            run.finish(self._progress)
            _store(student, model, path)
        return model_file.load(path)

    def _begun_model(self) -> Any:
        """The committed file's network in float arithmetic, where training goes on."""
        path = self._folder / "begun.tflite"
        if not path.is_file():
            model = in_float(model_file.load(find(self._recipe.model, *self._committed)))
            fold.fold(model)
            trim.sweep(model)
            model_file.save(model, path)
        return model_file.load(path)

    def _distilled(self, model: Any) -> Any:
        """The float model trained to answer as the original does."""
        if self._recipe.distil is None:
            return model
        path = self._folder / "distilled.tflite"
        if not path.is_file():
            student = Network(model)
            run = self._run(self._recipe.distil, self._original, student, self._folder, self._begun)
            run.finish(self._progress)
            run.keep(self._folder / TRAINED)
            _store(student, model, path)
        return model_file.load(path)

    def _equalized(self, model: Any) -> Any:
        """The float model with rescaled channels, where the recipe asks for it."""
        if self._recipe.quantize is None or not self._recipe.quantize.equalize:
            return model
        path = self._folder / "equalized.tflite"
        if not path.is_file():
            self._progress("equalizing")
            images = self._images(self._recipe.images)
            equalize(model, images, self._recipe.quantize.equalize)
            trim.sweep(model)
            model_file.save(model, path)
        return model_file.load(path)

    def _smoothed(self, model: Any) -> Any:
        """The float model with the layers smoothed that the recipe names; results are the same."""
        assert self._recipe.quantize is not None
        positions = self._recipe.quantize.smooth
        if positions:
            images = self._images(self._recipe.images)
            for position in sorted(positions, reverse=True):
                smooth(model, position, images[:CALIBRATION_IMAGES])
        return model

    def _quantized(self, model: Any) -> QuantizedNetwork:
        """The int8 simulation of ``model``, fitted to it."""
        assert self._recipe.quantize is not None
        network = QuantizedNetwork(model, self._float_operators()).eval()
        path = self._folder / "reconstructed.pt"
        if not path.is_file():
            self._progress("calibrating and fitting")
            reference = Network(model).eval()
            images = self._images(self._recipe.images)
            calibrate(network, reference, images[:CALIBRATION_IMAGES])
            weights, noise = self._recipe.quantize.fit_weights, self._recipe.quantize.noise
            seen = self._images(self._recipe.images, noise) if noise else None
            if weights or self._recipe.quantize.fit_biases:
                reconstruct(reference, network, images, weights=weights, seen=seen)
            torch.save(network.state_dict(), path)
        network.load_state_dict(torch.load(path, weights_only=True))
        return self._tuned(model, network)

    def _float_operators(self) -> frozenset[int]:
        """Positions of the operators that stay float, in the model that is quantized."""
        assert self._recipe.quantize is not None
        named = self._recipe.quantize.float_operators
        if self._recipe.quantize.prelu_sums:
            named = prelu.positions_as_sums(self._original, named)
        return positions_smoothed(named, self._recipe.quantize.smooth)

    def _tuned(self, model: Any, network: QuantizedNetwork) -> QuantizedNetwork:
        """The int8 simulation of ``model`` trained, with its rounding, to answer as it does."""
        if self._recipe.tune is None:
            return network
        path = self._folder / "tuned.pt"
        if not path.is_file():
            run = self._run(self._recipe.tune, model, network, self._folder / "tune")
            run.finish(self._progress)
            torch.save(network.state_dict(), path)
        network.load_state_dict(torch.load(path, weights_only=True))
        return network

    def _run(
        self,
        settings: Distil,
        teacher: Any,
        student: Network,
        folder: Path,
        begun: Path | None = None,
    ) -> Run:
        return Run(self._recipe, settings, teacher, student, self._samples, folder, begun)

    def _on_weight_grids(self, model: Any, network: QuantizedNetwork) -> QuantizedNetwork:
        """The int8 simulation with its weights on coarser grids, where the recipe asks for them."""
        assert self._recipe.quantize is not None
        bits = self._recipe.quantize.bits
        if bits is None:
            return network
        path = self._folder / f"weight-grids-{bits:g}.pt"
        if not path.is_file():
            self._progress(f"bringing weights down to {bits:g} bits")
            images = self._images(self._recipe.quantize.gptq_images)
            fitted = Network(model).eval()
            fitted.layers.load_state_dict(network.layers.state_dict())
            sensitivity = weight_grids.importance(fitted, self._recipe, images[:CALIBRATION_IMAGES])
            steps = weight_grids.steps_for(network, sensitivity, bits)
            grids = {position: Grid(one[None]) for position, one in steps.items()}
            reconstruct(Network(model).eval(), network, images, weights=False, grids=grids)
            torch.save(network.state_dict(), path)
        weight_grids.prepare(network)
        network.load_state_dict(torch.load(path, weights_only=True))
        return network

    def _images(self, count: int, noise: float = 0.0) -> torch.Tensor:
        augmentation = Augmentation(negatives=self._recipe.negatives)
        pictures = self._samples.batch(0, count, augmentation, CALIBRATION_SEED)
        if self._recipe.retrain:
            pictures = degraded(pictures, self._recipe.retrain.degraded, (CALIBRATION_SEED,))
        if noise:
            pictures = noisy(pictures, noise, NOISE_SEED)
        return torch.from_numpy(np.ascontiguousarray(to_input(pictures, self._recipe.low)))


def _store(student: Network, model: Any, path: Path) -> None:
    """Write a trained network, whose model this is, to a file."""
    student.store(model)
    trim.sweep(model)
    model_file.save(model, path)
