"""Every answer in TypeScript that a model is taught or asked for passes all that will judge it."""

import pytest

from web4.dataset import synth
from web4.dataset.frozen import load_eval
from web4.metrics.style import style_metrics
from web4.metrics.style_patterns import pattern_metrics
from web4.metrics.style_tools import tool_chain_metrics
from web4.profile import load_profile
from web4.records import Completion
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


@pytest.mark.slow
def test_every_gold_of_the_evaluation_passes_all_metrics(tools: Toolchain) -> None:
    records = load_eval(load_profile("embedded").eval.version).records("style")
    golds = [record.output for record in records]
    reports = dict(zip(golds, tools.check(golds), strict=True))
    metrics = (*style_metrics(), *pattern_metrics(), *tool_chain_metrics(reports))
    failed = {
        (metric.name, record.id): outcome
        for record in records
        for metric in metrics
        if not (
            outcome := metric(record, Completion(record.id, record.output, "stop", 1, 1))
        ).passed
    }
    assert all(metric.applies(record) for record in records for metric in metrics)
    assert failed == {}
