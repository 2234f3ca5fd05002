"""The one exception that ends the tool with a message instead of a traceback."""


class Failure(Exception):
    """What went wrong and, in the same breath, what to do next."""
