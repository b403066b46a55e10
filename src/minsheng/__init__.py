"""Minsheng (民生直达): a district's civil affairs as one registry, one rulebook, one case file."""
