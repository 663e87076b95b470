"""Gaussian expectations: what are the moments of nonlinear features?"""
