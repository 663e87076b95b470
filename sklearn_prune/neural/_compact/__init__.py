"""What is dead leaves the net, and what is sparse is stored sparse."""
