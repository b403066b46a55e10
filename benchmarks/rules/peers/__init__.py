"""The benchmark's policy for OpenFisca and for PolicyEngine, as their documentation teaches."""
