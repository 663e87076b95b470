"""Fits to the same samples one after the other: what is their joint law?"""
