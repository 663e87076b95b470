"""Which coefficients make classes likely? Arrays in, arrays out."""
