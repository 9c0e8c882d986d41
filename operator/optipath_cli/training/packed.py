"""From a fitted model and its calibration to the file that the router reads."""

from array import array
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from optipath_cli.training.design import Seen
from optipath_cli.training.fitted import Fitted
from optipath_router.classify.model.format import Contents, encode
from optipath_router.classify.model.vocabulary import checksum

_ZERO: Final = 128


def packed(model: Fitted, seen: Seen, calibration: Mapping[str, Any]) -> bytes:
    """The file."""
    step = float((model.design.idf**2).max() / 255)
    # A row: its weights, how rare its word is, and what makes its length even.
    width = len(model.heads) + 1
    lanes = width + width % 2
    rarity = np.clip(np.round(model.design.idf**2 / step), 1, 255).astype(np.uint8)
    header = {
        "lanes": lanes,
        "heads": model.heads,
        "tokenScale": _short(model.token_scale),
        "extraScale": _short(model.extra_scale),
        "offset": _short(model.offset),
        "rarityStep": float(f"{step:.7g}"),
        "edges": model.design.edges,
        **calibration,
    }
    tokens = _table(model.tokens, lanes)
    tokens[:, len(model.heads)] = rarity
    checksums = array("I", [checksum(seen.names[column]) for column in model.design.columns])
    return encode(Contents(header, checksums, tokens.tobytes(), _table(model.extras, lanes).tobytes()))


def _table(weights: np.ndarray, lanes: int) -> np.ndarray:
    table = np.zeros((len(weights), lanes), np.uint8)
    table[:, : weights.shape[1]] = (weights + _ZERO).astype(np.uint8)
    return table


def _short(values: np.ndarray) -> list[float]:
    return [float(f"{value:.7g}") for value in values]
