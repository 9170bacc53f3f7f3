"""Registers the plugin and the fixture modules; everything else lives there."""

pytest_plugins = [
    "web4.pytest_plugin",
    "web4.pytest_timing",
    "fixtures.dataset",
    "fixtures.training",
    "fixtures.packaging",
    "fixtures.evaluation",
    "fixtures.deployment",
    "fixtures.iteration",
    "fixtures.timing",
]
