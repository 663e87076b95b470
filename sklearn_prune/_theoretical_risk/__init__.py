"""What ought the risk of a fitted model to be?"""
