"""What do errors against width and sparsity look like?"""
