"""The floor of work: how work gets done, for every line of service alike."""
