"""The checkers of the exercises, one module per chapter."""
