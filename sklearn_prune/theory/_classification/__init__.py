"""How often is a pruned classifier wrong, and how sure of it?"""
