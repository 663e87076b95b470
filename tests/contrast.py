"""Contrast of colours as the Web Content Accessibility Guidelines define it."""

import numpy as np
from matplotlib.colors import to_rgb

# Share of red, green and blue in the light that the eye sees.
LIGHT = (0.2126, 0.7152, 0.0722)


def linear(color):
    """Return the light of a colour, from 0 to 1 for each of red, green and blue."""
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(color, other):
    """Return a ratio from 1 to 21."""
    low, high = sorted(linear(c) @ LIGHT for c in (color, other))
    return (high + 0.05) / (low + 0.05)
