"""Reads of the cockpit: each takes a viewer, and the database shows what that viewer may see."""
