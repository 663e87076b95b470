"""Models of all sparsities, widths and folds, from shared work."""
