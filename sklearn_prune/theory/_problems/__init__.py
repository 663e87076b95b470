"""Which population do the data come from?"""
