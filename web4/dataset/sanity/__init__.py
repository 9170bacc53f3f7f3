"""The sanity check: what is wrong with training files, by file and line.

``check_paths`` looks at any files, ``check_folder`` at a folder of buckets; both give a ``Report``.
``findings.CODES`` lists everything that can be found.
"""

from web4.dataset.sanity.checking import Options, check, check_folder, check_paths
from web4.dataset.sanity.findings import CODES, Finding, code_list
from web4.dataset.sanity.lines import Source
from web4.dataset.sanity.report import Report
from web4.dataset.sanity.sources import require_paths

__all__ = [
    "CODES",
    "Finding",
    "Options",
    "Report",
    "Source",
    "check",
    "check_folder",
    "check_paths",
    "code_list",
    "require_paths",
]
