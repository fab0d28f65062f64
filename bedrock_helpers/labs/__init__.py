"""Labs: widgets to learn by hand, one a file."""
