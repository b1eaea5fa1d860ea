"""The command's entrance: `kg …` and `python -m kg …`."""

from kg.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
