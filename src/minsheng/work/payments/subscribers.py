def listen() -> None:
    """This function will subscribe."""
