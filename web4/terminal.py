"""Text that others wrote, made fit for a terminal."""


def printable(text: str, kept: str = "") -> str:
    """Spell out what is not printable, so that no text can steer a terminal; but for ``kept``."""
    return "".join(one if one.isprintable() or one in kept else ascii(one)[1:-1] for one in text)
