"""Names of array types, for annotations alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Numbers in double precision, of any dtype, positions (of rows, features, sizes), and yes or no.
Array = NDArray[np.float64]
AnyArray = NDArray[Any]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]

# An elementwise function of an array.
Function = Callable[[Array], Any]
