"""Test errors of ResNet-20 on CIFAR-10, read off Figures 1 and 5 of the paper to about 0.01.

X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of Overparameterization in
Model Compression: From Double Descent to Pruning Neural Networks", AAAI 2021.
"""

WIDTHS = (1, 5, 8, 10, 12, 14, 16, 18, 20, 25, 30, 35, 40, 45, 50)

# By method and base width, at the last so many of the widths.
TEST_ERRORS = {
    ("dense", None): (
        *(0.42, 0.25, 0.19, 0.18, 0.19, 0.195, 0.20, 0.185),
        *(0.16, 0.137, 0.136, 0.115, 0.107, 0.114, 0.111),
    ),
    ("magnitude", 5): (
        *(0.25, 0.24, 0.23, 0.256, 0.27, 0.29, 0.295),
        *(0.28, 0.25, 0.19, 0.18, 0.19, 0.15, 0.16),
    ),
    ("magnitude", 8): (
        *(0.19, 0.20, 0.236, 0.25, 0.255, 0.26),
        *(0.23, 0.21, 0.17, 0.16, 0.13, 0.135, 0.13),
    ),
    ("magnitude", 10): (
        *(0.18, 0.21, 0.22, 0.23, 0.22),
        *(0.18, 0.16, 0.135, 0.14, 0.11, 0.115, 0.112),
    ),
    ("random", 5): (
        *(0.25, 0.26, 0.28, 0.297, 0.28, 0.29, 0.325),
        *(0.31, 0.32, 0.298, 0.28, 0.26, 0.24, 0.23),
    ),
    ("random", 10): (
        *(0.18, 0.22, 0.24, 0.25, 0.24),
        *(0.22, 0.23, 0.215, 0.17, 0.17, 0.165, 0.162),
    ),
    ("no-retraining", 5): (
        *(0.25, 0.42, 0.51, 0.65, 0.67, 0.72, 0.65),
        *(0.68, 0.64, 0.70, 0.69, 0.65, 0.67, 0.68),
    ),
    ("no-retraining", 10): (
        *(0.39, 0.42, 0.39, 0.36),
        *(0.40, 0.37, 0.39, 0.37, 0.42, 0.37, 0.41),
    ),
}


def reference_curve(
    method: str, base_width: int | None
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return the widths and test errors of a curve of the paper, empty if it has none."""
    errors = TEST_ERRORS.get((method, base_width), ())
    return WIDTHS[len(WIDTHS) - len(errors) :], errors
