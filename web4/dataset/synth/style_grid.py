"""Skeletons of requests: a frame and a noun phrase, of which some are held out of training."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows and columns that skeletons are composed of; the last ones of each are held out.

    A skeleton is seen when neither its row nor its column is held out.
    """

    prefix: str
    rows: int
    unseen_rows: int
    columns: int
    unseen_columns: int

    def draw(self, rng: random.Random, *, unseen: bool) -> tuple[int, int]:
        """Return row and column of a random skeleton."""
        seen_rows, seen_columns = self.rows - self.unseen_rows, self.columns - self.unseen_columns
        if not unseen:
            return rng.randrange(seen_rows), rng.randrange(seen_columns)
        if rng.random() < 0.5:  # noqa: PLR2004 - either the row or the column is surely held out
            return rng.randrange(seen_rows, self.rows), rng.randrange(self.columns)
        return rng.randrange(self.rows), rng.randrange(seen_columns, self.columns)

    def name(self, row: int, column: int) -> str:
        return f"{self.prefix}/{row}-{column}"

    def names(self, *, unseen: bool) -> tuple[str, ...]:
        """Return the names of all skeletons, seen or held out."""
        return tuple(
            self.name(row, column)
            for row in range(self.rows)
            for column in range(self.columns)
            if unseen
            == (row >= self.rows - self.unseen_rows or column >= self.columns - self.unseen_columns)
        )
