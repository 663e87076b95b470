"""How well does every method do on every fold?"""
