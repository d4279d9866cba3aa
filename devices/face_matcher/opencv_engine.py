"""A pack of OpenCV's own: YuNet finds, SFace compares; the shop brings the two files."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from app.domain.face import Face, Landmarks, Pixels, Template, Thresholds
from app.errors import BadFile, BadValue
from devices.face_matcher.arrays import array_of, euclidean
from devices.face_matcher.geometry import Array
from devices.face_matcher.pack import MANIFEST, Pack

KIND: Final = "yunet_sface"
_FIVE: Final = slice(4, 14)
_SCORE: Final = 14


class OpenCvEngine:
    """:class:`app.ports_face.FaceEngine` by ``cv2.FaceDetectorYN`` and ``FaceRecognizerSF``."""

    def __init__(self, pack: Pack) -> None:
        """:raises BadValue: another kind of pack; :raises BadFile: OpenCV cannot load its files."""
        if pack.kind != KIND:
            raise BadValue(what="face pack", why=pack.kind)
        self._pack = pack
        try:
            self._detector = cv2.FaceDetectorYN.create(str(pack.files["detector"]), "", (320, 320))
            self._recogniser = cv2.FaceRecognizerSF.create(str(pack.files["embedder"]), "")
        except cv2.error:
            raise BadFile(file=MANIFEST, why="OpenCV cannot load the models") from None

    @property
    def model_id(self) -> str:
        """See the port."""
        return self._pack.model_id

    @property
    def thresholds(self) -> Thresholds:
        """See the port."""
        return self._pack.thresholds

    def detect(self, picture: Pixels) -> list[Face]:
        """See the port; five key points: eyes, nose, corners of the mouth."""
        self._detector.setInputSize((picture.width, picture.height))
        _, found = self._detector.detect(_bgr(picture))
        rows = [] if found is None else sorted(found, key=lambda row: -float(row[_SCORE]))
        return [
            Face(
                float(row[0]), float(row[1]), float(row[2]), float(row[3]), float(row[_SCORE]),
                tuple((float(x), float(y)) for x, y in row[_FIVE].reshape(-1, 2)),
            )
            for row in rows
        ]  # fmt: skip

    def landmarks(self, picture: Pixels, face: Face) -> Landmarks:
        """The detector's own five points."""
        return Landmarks(face.points, face.score)

    def embed(self, picture: Pixels, landmarks: Landmarks) -> Template:
        """See the port; aligned by the five points, length one."""
        row = np.zeros((1, 15), np.float32)
        row[0, _FIVE] = np.array(landmarks.points, np.float32).reshape(-1)
        cut = self._recogniser.alignCrop(_bgr(picture), row)
        told = self._recogniser.feature(cut).reshape(-1)
        length = float(np.linalg.norm(told)) or 1.0
        return Template(self.model_id, tuple(float(value) for value in told / length))

    def distance(self, one: Template, other: Template) -> float:
        """Euclidean, of templates of length one."""
        return euclidean(one, other)


def _bgr(picture: Pixels) -> Array:
    return np.ascontiguousarray(array_of(picture)[:, :, ::-1])
