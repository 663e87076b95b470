"""The study of width: train nets, prune them to the size of smaller ones, retrain."""
