"""The cross-entropy of a few positions at a time is torch's own of all of them."""

import pytest
import torch
from torch.nn import functional

from web4.training import cross_entropy
from web4.training.cross_entropy import answer_losses


@pytest.mark.parametrize("rows", [1, 3, 7, 100])
@pytest.mark.parametrize("bias", [True, False])
def test_losses_and_gradients_are_torchs_own(
    monkeypatch: pytest.MonkeyPatch, *, rows: int, bias: bool
) -> None:
    torch.manual_seed(rows)
    vocabulary = 50
    monkeypatch.setattr(cross_entropy, "_BYTES", {"cpu": rows * vocabulary * 4})
    head = torch.nn.Linear(16, vocabulary, bias=bias).requires_grad_(False)
    hidden = torch.randn(7, 16, requires_grad=True)
    targets, weights = torch.randint(vocabulary, (7,)), torch.rand(7)

    found = answer_losses(hidden, head, targets)
    plain = functional.cross_entropy(head(hidden), targets, reduction="none")
    torch.testing.assert_close(found, plain)
    torch.testing.assert_close(
        torch.autograd.grad((found * weights).sum(), hidden),
        torch.autograd.grad((plain * weights).sum(), hidden),
    )


def test_a_part_that_holds_no_position_holds_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_entropy, "_BYTES", {"cpu": 1})
    head = torch.nn.Linear(4, 9).requires_grad_(False)
    hidden, targets = torch.randn(3, 4), torch.tensor([0, 8, 4])
    plain = functional.cross_entropy(head(hidden), targets, reduction="none")
    torch.testing.assert_close(answer_losses(hidden, head, targets), plain)


def test_a_certain_answer_and_an_impossible_one_have_finite_losses() -> None:
    head = torch.nn.Linear(1, 2, bias=False).requires_grad_(False)
    head.weight.copy_(torch.tensor([[200.0], [0.0]]))
    hidden = torch.ones(2, 1, requires_grad=True)
    losses = answer_losses(hidden, head, torch.tensor([0, 1]))
    assert losses.tolist() == [0.0, 200.0]
    losses.sum().backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
    assert hidden.grad is not None
    assert hidden.grad.tolist() == [[0.0], [200.0]]


def test_nothing_asked_is_no_loss() -> None:
    head = torch.nn.Linear(4, 9).requires_grad_(False)
    assert answer_losses(torch.empty(0, 4), head, torch.empty(0, dtype=torch.long)).shape == (0,)
