"""What benchmarks/run.py measures, a module for each group of tasks."""
