"""web4: a pytest-native evaluation suite and ship gate for LoRA-tuned code models."""

__version__ = "0.1.0"
