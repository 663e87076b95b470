import threading

import pytest
import torch

from sklearn_prune.neural._flushed_denormals import flushed_denormals, is_flushing

if not torch.set_flush_denormal(False):
    pytest.skip("this CPU knows no such mode", allow_module_level=True)


def half_of_the_least_normal_number():
    return (torch.full((8,), torch.finfo(torch.float32).tiny) / 2).tolist()


def test_they_are_zero_inside_and_not_outside():
    with flushed_denormals():
        assert is_flushing()
        assert half_of_the_least_normal_number() == [0.0] * 8
    assert not is_flushing()
    assert all(half_of_the_least_normal_number())


def test_errors_end_it():
    with pytest.raises(RuntimeError, match="broken"), flushed_denormals():
        raise RuntimeError("broken")
    assert not is_flushing()


def test_the_mode_of_the_caller_stays():
    torch.set_flush_denormal(True)
    try:
        with flushed_denormals():
            assert is_flushing()
        assert is_flushing()
    finally:
        torch.set_flush_denormal(False)


def test_other_threads_go_on_as_they_did():
    found = []
    thread = threading.Thread(target=lambda: (wait.wait(), found.append(is_flushing())))
    wait = threading.Event()
    thread.start()
    with flushed_denormals():
        wait.set()
        thread.join()
    assert found == [False]
