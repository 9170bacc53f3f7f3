"""Greedy answers of transformers models, made for many short prompts at once."""

from web4.generation.greedy import generate

__all__ = ["generate"]
