import pytest

from sklearn_prune.neural._study.settings import DEFAULTS, make_settings, read_settings


@pytest.mark.parametrize("architecture", DEFAULTS)
def test_later_sources_win(architecture, tmp_path):
    file = tmp_path / "study.toml"
    file.write_text("widths = [3, 4, 3]\nretrain-epochs = 7\nlearning_rate = 0.01\n")
    settings = make_settings(architecture, read_settings(file), {"retrain_epochs": 9})
    assert settings.widths == (3, 4, 3)
    assert (settings.retrain_epochs, settings.learning_rate) == (9, 0.01)
    assert settings.base_widths == DEFAULTS[architecture]["base_widths"]


def test_sparsities_take_the_place_of_the_default_base_widths():
    alone = make_settings("two-layer", {"sparsities": [1, 0.5]}, {"label_noise": [0, 0.2]})
    assert (alone.base_widths, alone.sparsities, alone.label_noise) == ((), (1.0, 0.5), (0.0, 0.2))
    assert all(type(share) is float for share in alone.sparsities + alone.label_noise)
    together = make_settings("two-layer", {"sparsities": [0.5]}, {"base_widths": [4]})
    assert (together.base_widths, together.sparsities) == ((4,), (0.5,))
    neither = make_settings("two-layer", {"sparsities": []})
    assert neither == make_settings("two-layer")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sparsities": (0.0,)}, "sparsities has 0.0: give shares of the weights to KEEP"),
        ({"sparsities": (0.5, 1.5)}, "sparsities has 1.5"),
        ({"sparsities": (20,)}, "sparsities has 20"),
        ({"sparsities": (float("nan"),)}, "sparsities has nan"),
        ({"sparsities": (True,)}, "sparsities has True"),
        ({"sparsities": ("a",)}, "sparsities has 'a'"),
        ({"sparsities": 0.5}, "sparsities is 0.5: give a list"),
        ({"base_widths": (), "sparsities": ()}, "base-widths and sparsities are both empty"),
        ({"label_noise": (-0.1,)}, "label-noise has -0.1: give shares of the training images"),
        ({"label_noise": (1.0,)}, "label-noise has 1.0"),
        ({"label_noise": (1,)}, "label-noise has 1.0"),
        ({"label_noise": (20,)}, "label-noise has 20"),
        ({"label_noise": (float("nan"),)}, "label-noise has nan"),
        ({"label_noise": (None,)}, "label-noise has None"),
        ({"label_noise": ()}, "label-noise is empty"),
        ({"label_noise": 0.2}, "label-noise is 0.2: give a list"),
        ({"epochs": 0}, "epochs is 0: give an int from 1"),
        ({"retrain_epochs": True}, "retrain-epochs is True"),
        ({"widths": (4, 0)}, "widths is 0"),
        ({"widths": (1, 2.5)}, "widths is 2.5"),
        ({"widths": ([1],)}, r"widths is \[1\]"),
        ({"widths": ()}, "widths is empty"),
        ({"widths": 4}, "widths is 4: give a list"),
        ({"base_widths": (2.5,)}, "base-widths is 2.5"),
        ({"seeds": (-1,)}, "seeds is -1: give an int from 0"),
        ({"seeds": (2**62,)}, "seeds is 46"),
        ({"learning_rate": 0}, "learning-rate is 0"),
        ({"learning_rate": "a"}, "learning-rate is 'a'"),
        ({"learning_rate": True}, "learning-rate is True"),
        ({"learning_rate": 10**400}, "learning-rate is 1000"),
        ({"data": ["mnist"]}, r"data is \['mnist'\]"),
        ({"n_train": 0}, "n-train is 0"),
        ({"retrain": "again"}, "retrain is 'again': give one of rewind, finetune, reinit"),
        ({"methods": ("best",)}, "methods is 'best'"),
        ({"data": "imagenet"}, "data is 'imagenet'"),
        ({"precision": "int8"}, "precision is 'int8'"),
    ],
)
def test_bad_values(values, message):
    with pytest.raises(ValueError, match=message):
        make_settings("two-layer", values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("widths = [", "is not TOML"),
        ("width = [1]", "unknown key 'width'"),
        (b"\xff", "not TOML"),
        ("n-train = 9\nn_train = 8", "'n_train' twice, with - and with _"),
    ],
)
def test_bad_files(text, message, tmp_path):
    file = tmp_path / "study.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=message):
        read_settings(file)
