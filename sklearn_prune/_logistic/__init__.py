"""Which coefficients make the classes likely? Arrays in, arrays out."""
