"""A simulated year of the demo district: jobs and staff act by operations, day by day; figures come from the rows."""
