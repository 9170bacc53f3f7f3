"""What a machine has of all that a run needs."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from web4 import assets, node_packages
from web4.errors import AssetError

_PACKAGES = ("torch", "transformers", "peft", "accelerate", "gguf", "llama-cpp-python")
_NEEDED_GB = 3
_GB = 1e9


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report, and whether a run can go ahead with it."""

    what: str
    well: bool


def findings() -> Iterator[Finding]:
    """Yield what was found; what is only fetched on first use is no fault."""
    python = platform.python_version()
    yield Finding(f"Python {python} (3.11 or newer)", sys.version_info >= (3, 11))
    yield Finding(f"{os.cpu_count()} CPUs, {platform.platform()}", well=True)
    missing = False
    for name in _PACKAGES:
        try:
            yield Finding(f"{name} {version(name)}", well=True)
        except PackageNotFoundError:
            missing = True
            yield Finding(f"{name}: install it with pip install -e '.[model]'", well=False)
    if not missing:
        yield Finding(_device(), well=True)
    yield _node()
    for asset in assets.ASSETS:
        state = _state(assets.status(asset))
        yield Finding(f"{asset.name} ({asset.requirement}): {state}", well=True)
    tools = node_packages.STYLE_TOOLS
    yield Finding(f"{tools.name} (npm): {_state(node_packages.status(tools))}", well=True)
    free = shutil.disk_usage(Path.cwd()).free / _GB
    yield Finding(f"{free:.0f} GB free here ({_NEEDED_GB} needed)", free > _NEEDED_GB)


def _state(status: assets.AssetStatus) -> str:
    return f"{status.size_mb:.0f} MB in {status.path}" if status.present else "on first use"


def _node() -> Finding:
    try:
        return Finding(f"Node.js: {node_packages.node_path()}", well=True)
    except AssetError as error:
        return Finding(str(error), well=False)


def _device() -> str:
    from web4.device import choose_device

    device = choose_device()
    return f"device {device.name}, {'bfloat16' if device.bf16 else 'float32'}"
