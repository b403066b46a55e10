"""The rulebook's JSON interface; mounted by config."""
