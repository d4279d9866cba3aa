"""The default engine: BlazeFace finds, FaceMesh measures, MobileFaceNet compares (face.md 1, 4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime

from app.domain.face import Face, Landmarks, Pixels, Template, Thresholds
from app.errors import BadValue
from devices.face_matcher.arrays import array_of, euclidean
from devices.face_matcher.geometry import (
    DETECTOR_SIDE,
    Array,
    back,
    decode,
    letterbox,
    similarity,
    square,
)
from devices.face_matcher.pack import Pack

KIND: Final = "blaze_mesh_mobilefacenet"
_MESH_SIDE: Final = 192
_MESH_MARGIN: Final = 1.5
_FACE_SIDE: Final = 112
_RIGHT_EYE, _LEFT_EYE = 0, 1
_ARC_FACE: Final = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366),
     (41.5493, 92.3655), (70.7299, 92.2041)]
)  # fmt: skip
"""Eyes, nose, corners of the mouth in a picture of 112 x 112 (MODELS.md)."""


class OnnxEngine:
    """:class:`app.ports_face.FaceEngine`: three graphs, one thread each (face.md 2)."""

    def __init__(self, pack: Pack) -> None:
        """Loads the graphs: about a quarter of a second. :raises BadValue: another kind of pack."""
        if pack.kind != KIND:
            raise BadValue(what="face pack", why=pack.kind)
        self._pack = pack
        self._detector = _session(pack.files["detector"])
        self._mesh = _session(pack.files["landmarks"])
        self._embedder = _session(pack.files["embedder"])

    @property
    def model_id(self) -> str:
        """See the port."""
        return self._pack.model_id

    @property
    def thresholds(self) -> Thresholds:
        """See the port."""
        return self._pack.thresholds

    def detect(self, picture: Pixels) -> list[Face]:
        """See the port; six key points: eyes, nose, mouth, ears."""
        scale, left, top = letterbox(picture.width, picture.height)
        wide = max(1, round(picture.width * scale))
        high = max(1, round(picture.height * scale))
        small = cv2.resize(array_of(picture), (wide, high), interpolation=cv2.INTER_AREA)
        laid = np.zeros((1, DETECTOR_SIDE, DETECTOR_SIDE, 3), np.float32)
        laid[0, top : top + high, left : left + wide] = small
        regressors, scores = self._detector.run(None, {"input": laid / 127.5 - 1})
        found, sure = decode(regressors, scores)
        found = found.astype(np.float64) * DETECTOR_SIDE
        found[:, 0::2] -= left
        found[:, 1::2] -= top
        found[:, 2:4] += (left, top)  # a width has no margin
        found /= scale
        return [_face(row, float(score)) for row, score in zip(found, sure, strict=True)]

    def landmarks(self, picture: Pixels, face: Face) -> Landmarks:
        """See the port: 468 points of the mesh."""
        right, left = np.array(face.points[_RIGHT_EYE]), np.array(face.points[_LEFT_EYE])
        angle = float(np.arctan2(left[1] - right[1], left[0] - right[0]))
        centre = np.array([face.left + face.width / 2, face.top + face.height / 2])
        side = max(face.width, face.height) * _MESH_MARGIN
        matrix = square(centre, side, angle, _MESH_SIDE)
        cut = cv2.warpAffine(array_of(picture), matrix, (_MESH_SIDE, _MESH_SIDE))
        raw, score = self._mesh.run(None, {"input_1": cut[None].astype(np.float32) / 255})
        points = back(matrix, raw.reshape(-1, 3)[:, :2].astype(np.float64))
        sure = 1 / (1 + float(np.exp(-np.clip(score.reshape(-1)[0], -60, 60))))
        return Landmarks(tuple((float(x), float(y)) for x, y in points), sure)

    def embed(self, picture: Pixels, landmarks: Landmarks) -> Template:
        """See the port; the graph takes two faces at a time, so it is given the same twice."""
        cut = cv2.warpAffine(
            array_of(picture), similarity(five_points(landmarks), _ARC_FACE),
            (_FACE_SIDE, _FACE_SIDE),
        )  # fmt: skip
        ready = (cut.astype(np.float32) - 127.5) / 128
        (told,) = self._embedder.run(None, {"input": np.stack([ready, ready])})
        length = float(np.linalg.norm(told[0])) or 1.0
        return Template(self.model_id, tuple(float(value) for value in told[0] / length))

    def distance(self, one: Template, other: Template) -> float:
        """Euclidean, of templates of length one: 0 to 2."""
        return euclidean(one, other)


def five_points(landmarks: Landmarks) -> Array:
    """Eye centres, nose and corners of the mouth of a mesh (MODELS.md)."""
    mesh = np.array(landmarks.points)
    return np.array(
        [(mesh[33] + mesh[133]) / 2, (mesh[362] + mesh[263]) / 2, mesh[1], mesh[61], mesh[291]]
    )


def _face(row: Array, score: float) -> Face:
    left, top, width, height = (float(value) for value in row[:4])
    points = tuple((float(x), float(y)) for x, y in row[4:].reshape(-1, 2))
    return Face(left, top, width, height, score, points)


def _session(path: Path) -> Any:  # noqa: ANN401 - the library has no types
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
