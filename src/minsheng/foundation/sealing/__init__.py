"""Field encryption and blind indexes: the only room that may import ciphers."""
