"""TAP from a script: one line a case, what explains a failure behind it as comments."""


class Tap:
    """Counts cases; `failed` says how many went wrong."""

    def __init__(self, planned):
        self.number = self.failed = 0
        print(f"1..{planned}")

    def case(self, name, problem, lines=(), always=False):
        """One case. `problem` is None if all is well; `lines` are shown with a problem, or always."""
        self.number += 1
        self.failed += problem is not None
        print(f"{'not ' if problem else ''}ok {self.number} - {name}")
        if problem or always:
            print("\n".join(f"# {line}" for line in ([problem] if problem else []) + list(lines)), flush=True)

    def status(self):
        """For sys.exit()."""
        return 1 if self.failed else 0
