"""Reading and auditing plans; pure Python, no database, no clock."""
