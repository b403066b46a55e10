"""Other services that say who somebody is. None of them makes an account: it must be there, entered by an officer."""
