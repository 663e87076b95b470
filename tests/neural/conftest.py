import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits
from sklearn.preprocessing import scale


@pytest.fixture(scope="session")
def digits():
    """A table of 300 digits of 64 pixels."""
    X, y = load_digits(return_X_y=True)
    return X[:300] / 16, y[:300]


@pytest.fixture(scope="session")
def diabetes():
    X, y = load_diabetes(return_X_y=True)
    return scale(X), scale(y)


@pytest.fixture(scope="session")
def images():
    """Twenty colour images of 32 x 32 pixels, of two classes."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 10)
    return rng.standard_normal((20, 3, 32, 32)) + y[:, None, None, None], y


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The folder of a finished study."""
    from studies import study  # noqa: PLC0415 - this file is read where torch is missing, too

    folder = tmp_path_factory.mktemp("finished")
    assert study(folder) == 0
    return folder
