"""What both languages are read into: expressions, values, worlds."""
