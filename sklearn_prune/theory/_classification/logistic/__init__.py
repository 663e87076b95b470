"""What do logistic and max-margin classifiers know, before and after pruning?"""
