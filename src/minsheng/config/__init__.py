"""Settings, addresses and the `minsheng` command: where all rooms are put together."""
