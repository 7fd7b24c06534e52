"""`python -m trillm` is `trillm`."""

from trillm.entrypoints.cli import main

if __name__ == "__main__":
    main()
