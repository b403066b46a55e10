"""Backup, restore to a point in time, and the drill that proves both and keeps a dated record."""
