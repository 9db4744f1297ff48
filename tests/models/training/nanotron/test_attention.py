"""The stand-ins for flash-attn reckon what its names promise."""

from __future__ import annotations

import math

import pytest
import torch

from seedbed.models.training.nanotron.compatibility import RotaryEmbedding, flash_attn_varlen_func, layer_norm_fn


def by_hand(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Causal attention of one sequence, head by head. Shape: q [S, H, d], k and v [S, K, d] -> [S, H, d]."""
    out = torch.empty_like(q)
    for head in range(q.shape[1]):
        source = head * k.shape[1] // q.shape[1]
        scores = q[:, head] @ k[:, source].T / math.sqrt(q.shape[-1])
        scores = scores.masked_fill(torch.ones_like(scores).triu(1).bool(), -math.inf)
        out[:, head] = scores.softmax(-1) @ v[:, source]
    return out


@pytest.mark.parametrize("kv_heads", [1, 2, 4])
@pytest.mark.parametrize("lengths", [[5], [6, 6, 6], [3, 1, 7]], ids=str)
def test_attention_stays_inside_each_sequence_and_looks_back_only(lengths: list[int], kv_heads: int) -> None:
    torch.manual_seed(0)
    total = sum(lengths)
    q, k, v = torch.randn(total, 4, 8), torch.randn(total, kv_heads, 8), torch.randn(total, kv_heads, 8)
    bounds = torch.tensor([0, *lengths]).cumsum(0)

    out = flash_attn_varlen_func(q, k, v, bounds, bounds, max(lengths), max(lengths), causal=True)

    parts = zip(q.split(lengths), k.split(lengths), v.split(lengths), strict=True)
    torch.testing.assert_close(out, torch.cat([by_hand(*part) for part in parts]))


def test_attention_that_training_never_asks_for_is_refused() -> None:
    q = torch.randn(4, 1, 8)
    bounds = torch.tensor([0, 4])

    with pytest.raises(NotImplementedError):
        flash_attn_varlen_func(q, q, q, bounds, bounds, 4, 4, causal=True, window_size=(2, 0))


def test_rms_norm_is_its_formula() -> None:
    x, weight = torch.randn(3, 5, 16), torch.randn(16)

    out = layer_norm_fn(x, weight, None, eps=1e-5, is_rms_norm=True)

    torch.testing.assert_close(out, x / (x.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt() * weight)


def test_norms_are_reckoned_in_fp32_and_given_back_as_they_came() -> None:
    x, weight = torch.randn(4, 32).bfloat16(), torch.ones(32).bfloat16()

    out = layer_norm_fn(x, weight, None, is_rms_norm=True)

    assert out.dtype == torch.bfloat16
    torch.testing.assert_close(out, layer_norm_fn(x.float(), weight.float(), None, is_rms_norm=True).bfloat16(), rtol=0, atol=0)


@pytest.mark.parametrize("interleaved", [True, False])
def test_rotation_keeps_lengths_and_knows_only_the_distance(interleaved: bool) -> None:
    torch.manual_seed(0)
    rotary = RotaryEmbedding(8, interleaved=interleaved)
    q, k = torch.randn(8).expand(1, 6, 1, 8), torch.randn(8).expand(1, 6, 1, 8)

    turned_q, kv = rotary(q, torch.stack([k, k], dim=2))

    turned_k, value = kv.unbind(2)
    products = turned_q[0, :, 0] @ turned_k[0, :, 0].T
    torch.testing.assert_close(turned_q.norm(dim=-1), q.norm(dim=-1))
    torch.testing.assert_close(products[2, 1], products[5, 4])
    torch.testing.assert_close(turned_q[:, 0], q[:, 0])
    assert torch.equal(value, k)


def test_rotation_is_that_of_complex_numbers() -> None:
    rotary = RotaryEmbedding(4, interleaved=True)
    q = torch.randn(1, 3, 1, 4)

    turned, _ = rotary(q, q[:, :, None].expand(1, 3, 2, 1, 4))

    angles = torch.outer(torch.arange(3.0), torch.tensor([1.0, 10_000.0**-0.5]))
    turns = torch.polar(torch.ones_like(angles), angles)[None, :, None]
    expected = torch.view_as_real(torch.view_as_complex(q.reshape(1, 3, 1, 2, 2)) * turns).flatten(-2)
    torch.testing.assert_close(turned, expected)
