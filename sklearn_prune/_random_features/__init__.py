"""Random features, and what is fitted to more of them than memory holds."""
