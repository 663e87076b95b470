"""Arrays in, coefficients out: which coefficients fit best?"""
