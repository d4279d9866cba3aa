"""What a frame costs at least: the two graphs alone on inputs that lie ready.

Imports nothing of ours.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import onnxruntime


def bare_ms(folder: Path, count: int) -> list[float]:
    """Milliseconds of one detection and one mesh, ``count`` times, one thread each."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    cpu = ["CPUExecutionProvider"]
    detector = onnxruntime.InferenceSession(
        str(folder / "blazeface_short_range.onnx"), options, providers=cpu
    )
    mesh = onnxruntime.InferenceSession(str(folder / "facemesh_468.onnx"), options, providers=cpu)
    chance = np.random.default_rng(3)
    seen = chance.random((1, 128, 128, 3), dtype=np.float32)
    face = chance.random((1, 192, 192, 3), dtype=np.float32)
    told = []
    for _ in range(count):
        began = time.perf_counter_ns()
        detector.run(None, {"input": seen})
        mesh.run(None, {"input_1": face})
        told.append((time.perf_counter_ns() - began) / 1e6)
    return told
