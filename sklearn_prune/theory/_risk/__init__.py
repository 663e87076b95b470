"""What is the risk of a dense, a pruned and a retrained model?"""
