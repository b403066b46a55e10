"""The floor of records: who and what exists."""
