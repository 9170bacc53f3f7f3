"""Every answer that a model is taught in TypeScript passes the tools that will judge it."""

import pytest

from web4.dataset import synth
from web4.profile import load_profile
from web4.typescript.toolchain import Toolchain


@pytest.mark.slow
@pytest.mark.parametrize("bucket", ["style_core", "style_refactor"])
def test_every_gold_of_the_training_set_passes_every_tool(bucket: str) -> None:
    profile = load_profile("embedded")
    count: int = getattr(profile.data, bucket)
    records = list(synth.generate(bucket, count, profile.seed, "train"))
    with Toolchain() as tools:
        reports = tools.check([record.output for record in records])
    faulty = {one.id: report for one, report in zip(records, reports, strict=True) if not report.ok}
    assert faulty == {}
