"""Entry of `kaal`: parses the command line and hands over to the command's module."""
import sys


def main():
    pass


if __name__ == "__main__":
    sys.exit(main())
