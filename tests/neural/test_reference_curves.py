from sklearn_prune.neural._study.reference_curves import TEST_ERRORS, WIDTHS, reference_curve


def test_reference_curves():
    for method, base_width in TEST_ERRORS:
        widths, errors = reference_curve(method, base_width)
        assert len(widths) == len(errors)
        assert widths[-1] == WIDTHS[-1] == 50
    assert reference_curve("magnitude", 10)[0][0] == 10
    assert reference_curve("magnitude", 7) == ((), ())
