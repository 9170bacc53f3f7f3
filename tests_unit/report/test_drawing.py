"""Of a drawing nothing is kept but shapes and texts."""

import pytest

from web4.report.charts import charts
from web4.report.drawing import ROLES, harmless
from web4.report.evidence import Evidence

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'
)


@pytest.mark.parametrize(
    ("attributes", "inside"),
    [
        ("", "<script>window.owned=1</script>"),
        ("", "<style>*{background:url(http://x)}</style>"),
        ("", "<foreignObject><p>x</p></foreignObject>"),
        ("", '<image href="http://x/y.png"/>'),
        ("", '<a xlink:href="javascript:alert(1)"><rect width="1"/></a>'),
        ('onload="alert(1)"', ""),
        ("", '<rect style="fill:red" class="x" id="answers"/>'),
        ("", '<rect fill="url(#x)"/>'),
        ("", '<rect transform="javascript;:alert(1)"/>'),
        ("", "<set attributeName='href'/>"),
    ],
)
def test_what_could_run_load_or_style_is_left_out(attributes: str, inside: str) -> None:
    kept = harmless(_SVG.format(attributes, inside))
    for word in (*("script", "style", "foreign", "http://x", "alert", "url(", "image", "onload"),):
        assert word not in kept
    for word in ("class", "id=", "set", "href"):
        assert word not in kept


def test_a_text_stays_a_text() -> None:
    kept = harmless(_SVG.format("", "<text x='1'>&lt;script&gt; a &amp; b</text>"))
    assert "&lt;script&gt; a &amp; b" in kept
    assert 'x="1"' in kept


def test_what_is_no_svg_is_refused() -> None:
    with pytest.raises(ValueError, match="no SVG"):
        harmless("<html/>")


def test_every_chart_is_drawn_in_colours_of_the_page(run: Evidence) -> None:
    history = [
        {"release": f"v{n}|eval v1", "scores": {"tool": 0.8 + n / 100}, "verdict": "FAILED"}
        for n in range(3)
    ]
    made = list(charts(run, history))
    assert [one.title for one in made] == [
        "Loss of the full training",
        "Mini set during the full training",
        "Quantization ladder",
        "History over releases",
        "Cost of the steps",
        "Reasons: adapter",
        "Reasons: quantized",
    ]
    for one in made:
        assert one.svg.startswith("<svg")
        assert "<text" in one.svg
        assert one.rows
        assert all(len(row) == len(one.head) for row in one.rows)
        colours = {
            part.partition('"')[0]
            for name in ("fill", "stroke")
            for part in one.svg.split(f'{name}="')[1:]
        }
        assert colours <= {*ROLES, "none", "transparent"}


def test_without_a_package_that_draws_the_numbers_stay(
    run: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    for one in charts(run, []):
        assert one.svg == ""
        assert one.rows
