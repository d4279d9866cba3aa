"""Pictures and templates as arrays, and pictures from files: bounded, upright, or refused."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from app.domain.face import Pixels, Template
from app.errors import BadPicture, BadValue, NotFound, PictureTooLarge
from devices.face_matcher.geometry import Array

MOST_PIXELS: Final = 25_000_000
"""More than a camera of a counter has; decoded it would be 75 MB."""
_LARGEST_FILE: Final = 40_000_000


def array_of(picture: Pixels) -> Array:
    """The picture as rows x columns x RGB, without copying."""
    flat = np.frombuffer(picture.rgb, np.uint8)
    return flat.reshape(picture.height, picture.width, 3)


def euclidean(one: Template, other: Template) -> float:
    """The distance of two templates; :raises BadValue: of two models."""
    if one.model_id != other.model_id:
        raise BadValue(what="face template", why="two models")
    return float(np.linalg.norm(np.array(one.values) - np.array(other.values)))


def read_picture(path: Path) -> Pixels:
    """A picture file, turned as its maker meant it.

    :raises NotFound: no such file; :raises BadPicture: no picture, or damaged;
    :raises PictureTooLarge: more than :data:`MOST_PIXELS`.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise PictureTooLarge(file=path.name, most="40 MB")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a bomb is counted below, before it is decoded
            with Image.open(path) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise PictureTooLarge(file=path.name, most=f"{MOST_PIXELS // 10**6} MP")
                upright = ImageOps.exif_transpose(image).convert("RGB")
    except PictureTooLarge:
        raise
    except FileNotFoundError:
        raise NotFound(what=path.name) from None
    except Exception:  # Pillow raises whatever the damage makes it raise
        raise BadPicture(file=path.name) from None
    return Pixels(upright.width, upright.height, upright.tobytes())
