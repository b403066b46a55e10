"""The demo: a synthetic district, built, evaluated and served by one command; it may be interrupted and resumed."""
