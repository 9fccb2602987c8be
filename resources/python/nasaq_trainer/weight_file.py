"""Tensors in one external data file that several ONNX graphs share."""

from pathlib import Path

import numpy as np
from onnx import TensorProto

PAGE = 4096  # ONNX Runtime maps the file into memory, which wants page-aligned tensors


class WeightFile:
    """Writes tensors one after another and hands out ONNX initializers that point into the file.

    `store` is the type that weights have in the file; graphs compute in fp32 whatever it is.
    """

    def __init__(self, path: Path, store: np.dtype) -> None:
        self.name = path.name
        self.store = np.dtype(store)
        self.initializers: dict[str, TensorProto] = {}
        self._file = path.open("wb")

    def add(self, name: str, array: np.ndarray, exact: bool = False) -> None:
        """Adds `array` under `name`; `exact` keeps it in fp32 (tables that are computed, not learnt)."""
        stored = np.ascontiguousarray(array, dtype=np.float32 if exact else self.store)
        offset = -(-self._file.tell() // PAGE) * PAGE
        self._file.seek(offset)
        self._file.write(stored.tobytes())
        tensor = TensorProto(
            name=name,
            data_type=TensorProto.FLOAT if stored.dtype == np.float32 else TensorProto.FLOAT16,
            dims=stored.shape,
            data_location=TensorProto.EXTERNAL,
        )
        for key, value in (("location", self.name), ("offset", offset), ("length", stored.nbytes)):
            tensor.external_data.add(key=key, value=str(value))
        self.initializers[name] = tensor

    def __contains__(self, name: str) -> bool:
        return name in self.initializers

    def __enter__(self) -> "WeightFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
