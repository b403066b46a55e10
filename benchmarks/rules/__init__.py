"""The rulebook's speed and exactness: beside OpenFisca and PolicyEngine, and SQL against the interpreter."""


def main() -> None:
    """This function will run the parts of the benchmark, each with one JSON line last."""
    from benchmarks.rules import interpreter

    interpreter.main()
