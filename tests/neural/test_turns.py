import threading
import time

import pytest

from sklearn_prune.neural._turns import Turns


def test_who_waits_goes_first():
    """A holder that ends its turn and begins another at once comes after those who wait."""
    turns, order, waits = Turns(), [], threading.Event()

    def wait():
        waits.set()
        with turns:
            order.append("who waits")

    thread = threading.Thread(target=wait)
    with turns:
        thread.start()
        waits.wait()
        deadline = time.monotonic() + 5
        while not turns._door.locked() and time.monotonic() < deadline:
            time.sleep(1e-3)
    with turns:
        order.append("who comes again")
    thread.join()
    assert order == ["who waits", "who comes again"]


def test_turns_inside_of_a_turn():
    turns, order = Turns(), []

    def wait():
        with turns:
            order.append("other")

    thread = threading.Thread(target=wait)
    with turns:
        thread.start()
        with turns:
            order.append("inner")
        order.append("outer")
    thread.join()
    assert order == ["inner", "outer", "other"]


def test_errors_end_the_turn():
    turns = Turns()
    with pytest.raises(RuntimeError, match="broken"), turns:
        raise RuntimeError("broken")
    with turns:
        pass
