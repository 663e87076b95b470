"""One pruned model: which features stay, and what happens to them then?"""
