"""``python -m web4``."""

from web4.cli import main

if __name__ == "__main__":
    main()
