"""Arrays in, coefficients out: which logistic fits are best?"""
