import threading

import numpy as np
import pytest
import torch

from sklearn_prune.neural._random_streams import (
    GENERATORS,
    draw_seed,
    get_random_state,
    random_stream,
    set_random_state,
    untouched_random_state,
)


def test_streams_depend_on_their_path_alone():
    def draw(*path):
        with random_stream("cpu", *path):
            return torch.rand(3).tolist()

    assert draw(1, 2) == draw(1, 2)
    assert len({tuple(draw(*path)) for path in [(1, 2), (2, 1), (1,), (1, 3)]}) == 4


def test_the_generator_of_the_caller_goes_on():
    torch.manual_seed(0)
    expected = torch.rand(4)
    torch.manual_seed(0)
    first = torch.rand(2)
    with random_stream("cpu", 1, 2):
        torch.rand(5)
    with untouched_random_state("cpu"):
        torch.rand(5)
    assert torch.equal(torch.cat([first, torch.rand(2)]), expected)


def test_a_stream_goes_on_from_where_it_stood():
    with random_stream("cpu", 1):
        torch.rand(3)
        state = get_random_state("cpu")
        expected = torch.rand(3)
    with random_stream("cpu", 2):
        set_random_state(state, "cpu")
        assert torch.equal(torch.rand(3), expected)


def test_streams_in_threads_draw_as_if_alone():
    def draw(seed, found):
        with random_stream("cpu", seed) as stream:
            for _ in range(50):
                found.append(torch.rand(()).item())
                stream.give_way()

    before = torch.get_rng_state()
    expected, found = [[[] for _ in range(8)] for _ in "ab"]
    for seed, drawn in enumerate(expected):
        draw(seed, drawn)
    threads = [threading.Thread(target=draw, args=pair) for pair in enumerate(found)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected
    assert torch.equal(torch.get_rng_state(), before)


def test_the_caller_draws_while_a_stream_gives_way():
    torch.manual_seed(0)
    expected = torch.rand(4)
    torch.manual_seed(0)
    drawn = []

    def draw():
        with GENERATORS:
            drawn.append(torch.rand(2))

    thread = threading.Thread(target=draw)
    with random_stream("cpu", 1) as stream:
        thread.start()
        while not drawn:
            torch.rand(1)
            stream.give_way()
    thread.join()
    assert torch.equal(torch.cat([*drawn, torch.rand(2)]), expected)


def test_nothing_is_done_where_nobody_waits(monkeypatch):
    with random_stream("cpu", 1) as stream:
        with monkeypatch.context() as patch:
            patch.delattr(torch, "set_rng_state")
            stream.give_way()
        torch.rand(1)


def test_streams_inside_of_others():
    with random_stream("cpu", 1):
        expected = torch.rand(4)
    with random_stream("cpu", 1) as outer:
        first = torch.rand(2)
        with random_stream("cpu", 2) as inner:
            torch.rand(3)
            inner.give_way()
            torch.rand(3)
        outer.give_way()
        assert torch.equal(torch.cat([first, torch.rand(2)]), expected)


def test_ctrl_c_while_a_stream_gives_way(monkeypatch):
    """The turn is that of another then, and so are the generators."""
    before, stream = torch.get_rng_state(), random_stream("cpu", 1)

    def interrupt():
        raise KeyboardInterrupt

    stream.__enter__()
    monkeypatch.setattr(GENERATORS, "wanted", lambda: True)
    monkeypatch.setattr(GENERATORS, "__enter__", interrupt)
    with pytest.raises(KeyboardInterrupt):
        stream.give_way()
    monkeypatch.undo()
    stream.__exit__()
    assert torch.equal(torch.get_rng_state(), before)
    with random_stream("cpu", 2):  # would wait forever, or end a turn that is none
        torch.rand(1)


def test_seeds():
    assert draw_seed(3) == draw_seed(3) != draw_seed(4)
    generator = np.random.RandomState(3)
    assert draw_seed(generator) == draw_seed(3) != draw_seed(generator)
