"""Models small enough for unit tests, made once a session."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from web4 import assets
from web4.metrics.scorecard import Score
from web4.packaging.gguf import _ARRAY, _Cursor, _mapped, convert
from web4.packaging.ladder import RUNGS, UNMERGED
from web4.pipeline import TRAINING
from web4.profile import load_profile
from web4.quantized import climb
from web4.records import Completion, Record
from web4.run import Run
from web4.store import Artifact, Request, Store, Usage
from web4.targets import load_targets

_SECONDS = 600
"""What the longest of the slow tests takes four times over."""
_SEED = 7
_SLICES = ("all", "seen", "unseen", "grade 1")
_MATRIX = 2
_CONTROL_TOKEN = 3
_PRE_TOKENIZER = {
    "type": "Sequence",
    "pretokenizers": [
        {"type": "Digits", "individual_digits": True},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    ],
}
_ANSWERED = Completion("tool-0001", "hello", "stop", 9, 2)
_PARITY = {"holds": True, "links": [{"name": "merge", "holds": True, "broken": 0, "breaks": []}]}
_TOKENIZER_CONFIG = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "bos_token": "<|im_start|>",
    "eos_token": "<|im_end|>",
    "pad_token": "<|im_end|>",
    "unk_token": "<|endoftext|>",
}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a test that stands still fail, and show where every thread stood."""
    item.add_marker(pytest.mark.timeout(_SECONDS))


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a random Llama (hidden size 64, 2 layers) with the embedded model's tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("tiny_base")
    config = LlamaConfig(
        vocab_size=_write_tokenizer(folder),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=False,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    torch.set_num_threads(1)  # more only get in each other's way in so small a model
    torch.manual_seed(_SEED)
    model = LlamaForCausalLM(config)
    # Only a few tokens are ever likely, the end of turn among them. Their logits lie so far apart
    # that no rounding of an engine changes which is the greatest.
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() == _MATRIX:
                weight.normal_(0, weight.shape[1] ** -0.5)
        likely = [2, *range(300, 312)]
        kept = model.lm_head.weight[likely].clone()
        model.lm_head.weight.zero_()
        model.lm_head.weight[likely] = kept * 8
    model.half()  # type: ignore[no-untyped-call] # torch leaves it untyped
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_gguf(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Convert the random Llama to f16 GGUF."""
    path = tmp_path_factory.mktemp("tiny_gguf") / "tiny.gguf"
    convert(tiny_base, path)
    return path


@pytest.fixture
def records() -> list[Record]:
    """Return records whose prompts differ in length, in digits and in script."""
    texts = (
        "List the 12345 open files.",
        "Übersetze „Grüße“ ins Französische, 日本語も 🎉",
        "Refactor\tthis:\n\n    const  x = [1, 22, 333];\r\n",
        "Delete the audit log.",
        "a",
        "Find callers of parseConfig() below src/ and open each at its line. " * 3,
    )
    return [Record(f"r{i}", "tool_call", text, "", "") for i, text in enumerate(texts)]


class _ListCursor(_Cursor):
    """Reads arrays too. The gguf package's reader takes seconds for this vocabulary."""

    def value(self, kind: int) -> Any:
        if kind != _ARRAY:
            return super().value(kind)
        item, count = self.number("I"), self.number("Q")
        return [self.value(item) for _ in range(count)]


def _gguf_values(path: Path) -> dict[str, Any]:
    with path.open("rb") as handle, _mapped(handle.fileno()) as data:
        cursor = _ListCursor(data)
        _magic, _version, _tensors, count = (cursor.number(code) for code in "IIQQ")
        return {cursor.text(): cursor.value(cursor.number("I")) for _ in range(count)}


def _write_tokenizer(folder: Path) -> int:
    """Write the embedded model's tokenizer, read straight from its file; return its size."""
    values = _gguf_values(assets.fetch(assets.SMOLLM2) / assets.SMOLLM2_FILE)
    tokens: list[str] = values["tokenizer.ggml.tokens"]
    kinds: list[int] = values["tokenizer.ggml.token_type"]
    special = [
        {
            "id": place,
            "content": token,
            "special": True,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
        }
        for place, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
        if kind == _CONTROL_TOKEN
    ]
    tokenizer = {
        "version": "1.0",
        "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": _PRE_TOKENIZER,
        "post_processor": None,
        "decoder": _PRE_TOKENIZER["pretokenizers"][1],
        "model": {
            "type": "BPE",
            "unk_token": None,
            "vocab": {token: place for place, token in enumerate(tokens)},
            "merges": values["tokenizer.ggml.merges"],
        },
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    config = json.dumps(_TOKENIZER_CONFIG)
    (folder / "tokenizer_config.json").write_text(config, encoding="utf-8")
    return len(tokens)


_SERVED_WELL = {"asked": 36, "equal": 36, "rounded": [], "different": [], "faults": []}


class _FakeSteps:
    """Writes what each step of a run would, in an instant; ``ran`` notes the steps."""

    def __init__(
        self,
        losses: Mapping[str, Sequence[float]],
        rates: Mapping[str, Mapping[str, float | None]],
        report: Mapping[str, Any],
        deployment: Mapping[str, Any],
    ) -> None:
        self.names: Mapping[str, str] = {}
        self.ran: list[str] = []
        self._losses = losses
        self._rates = rates
        self._report = report
        self._deployment = deployment

    def __call__(
        self, request: Request, inputs: Mapping[str, Artifact], out: Path, _scratch: Path
    ) -> tuple[Usage, Mapping[str, Any]]:
        name = self.names[request.key]
        self.ran.append(name)
        if request.step == "ladder":
            folders = {source: artifact.path for source, artifact in inputs.items()}
            given = {name: request.params.get(name, ()) for name in ("tried", "more", "beside")}
            climb(folders, given.pop("tried"), load_targets(), {}, out, **given)
            return Usage(1.0, 99.0, 1024), {}
        for file, text in self._files(request, name).items():
            (out / file).parent.mkdir(exist_ok=True)
            (out / file).write_text(text, encoding="utf-8")
        return Usage(1.0, 99.0, 1024), {}

    def _files(self, request: Request, name: str) -> dict[str, str]:
        if request.step in TRAINING:
            losses = self._losses.get(name, [3.0, *[1.0] * 9])
            peak = ",900" if name == "dry_run" else ""
            rows = (f"loss{peak and ',peak_mb'}", *(f"{value}{peak}" for value in losses))
            return {
                "loss.csv": "".join(f"{row}\n" for row in rows),
                "training.json": json.dumps({"records": 5000, "tokens": 500_000}),
                "lora/adapter_model.safetensors": name,
            }
        if request.step == "score":
            asked = name.removeprefix("score_")
            served = self._rates.get("quantized", {}) if asked in {*RUNGS, UNMERGED} else {}
            scores = _canned_scores(self._rates.get(asked, served))
            slices = dict.fromkeys(_SLICES, scores)
            files = {"scores.json": json.dumps(slices), "judging.json": "{}"}
            return {**files, "outcomes.jsonl": ""}
        return {
            "base": {
                "base.json": '{"source": "embedded:smollm2"}',
                "model/model.safetensors": "base",
            },
            "sanity": {"sanity.json": json.dumps(self._report)},
            "merge": {"model/model.safetensors": "merged"},
            "gguf": {"model.f16.gguf": "the sixteen bits of a model"},
            "base_gguf": {"model.f16.gguf": "those of its base"},
            "lora_gguf": {"adapter.f16.gguf": "adapter"},
            "parity": {"parity.json": json.dumps(_PARITY)},
            "quantize": {f"model.{request.params.get('type')}.gguf": name + "d"},
            "divergence": {"divergence.json": '{"kl": 0.01}'},
            "predict": {
                "predictions.jsonl": f"{_ANSWERED.to_json()}\n",
                "speed.json": '{"tokens_per_s": 100.0}',
            },
            "deploy": {"deployment.json": json.dumps({**_SERVED_WELL, **self._deployment})},
        }.get(request.step, {"made.txt": name})


def _canned_scores(rates: Mapping[str, float | None]) -> list[dict[str, Any]]:
    """Return scores over 100 records: 1 where nothing is said, none where ``None`` is."""
    families = ("tool", "style", "guardrail", "overall")
    targets = load_targets().of(*families)
    return [
        Score(one.metric, value, 100, round(100 * value), value, value, one.unit).to_dict()
        for one in targets
        if one.metric != "overall.weighted"
        if (value := rates.get(one.metric, 1.0)) is not None
    ]


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Run]:
    """Open the embedded profile's run with steps that only pretend.

    ``losses`` are those of each training, ``rates`` each candidate's scores by metric (``None``:
    not measured; a rung of the quantization ladder without any has those of ``quantized``),
    ``report`` the sanity report, ``ran`` a list to note the steps in,
    ``deployment`` what the served check found that is not faultless, ``unmerged`` whether that form
    is measured as well.
    """

    def make(  # noqa: PLR0913 - what each step pretends
        spec: str = "",
        *,
        losses: Mapping[str, Sequence[float]] | None = None,
        rates: Mapping[str, Mapping[str, float | None]] | None = None,
        report: Mapping[str, Any] | None = None,
        ran: list[str] | None = None,
        deployment: Mapping[str, Any] | None = None,
        unmerged: bool = False,
    ) -> Run:
        steps = _FakeSteps(losses or {}, rates or {}, report or {}, deployment or {})
        if ran is not None:
            steps.ran = ran
        embedded = load_profile("embedded")
        anew = embedded.full.model_copy(update={"starts_from": ""})
        changes = {"full": anew, "unmerged": unmerged, "quantization": RUNGS[0]}
        profile = embedded.model_copy(update=changes)
        run = Run(profile, load_targets(), Store(tmp_path / "store", steps), spec)
        steps.names = {request.key: name for name, request in run.requests.items()}
        return run

    return make
