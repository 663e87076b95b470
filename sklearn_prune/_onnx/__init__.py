"""Where does a fitted model go? Into a graph that needs no Python."""
