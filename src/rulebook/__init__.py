"""A pure policy-as-code library: one source, three lowerings, every number dated and cited."""
