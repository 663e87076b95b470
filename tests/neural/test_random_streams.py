import numpy as np
import torch

from sklearn_prune.neural._random_streams import (
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


def test_seeds():
    assert draw_seed(3) == draw_seed(3) != draw_seed(4)
    generator = np.random.RandomState(3)
    assert draw_seed(generator) == draw_seed(3) != draw_seed(generator)
