"""Connects each control of the page with its handler."""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr
from examples import Example
from handlers import Handlers
from layout import Parts
from requests import MIDDLE, NEXT

_FOCUS = "() => window.seedbed.focus('prefix')"
_FOCUS_EDIT = "() => window.seedbed.focus('edited')"


def connect(parts: Parts, handlers: Handlers, running: int) -> None:
    """Connect them inside the open Blocks. Only completions wait in the queue; programs use the endpoints of `api` instead."""
    outputs = _outputs(parts)
    quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    parts.complete.click(
        handlers.complete,
        [parts.prefix, parts.suffix, parts.language, parts.mode, parts.consent, *parts.numbers],
        outputs,
        concurrency_id="model",
        concurrency_limit=running,
        show_progress="hidden",
        trigger_mode="once",
        api_name="page",  # the name "complete" belongs to the public endpoint
        api_visibility="private",
    )
    parts.stop.click(handlers.stop, None, outputs, **quick)
    parts.language.change(handlers.highlight, parts.language, outputs, **quick)
    parts.mode.change(handlers.show_suffix, parts.mode, outputs, **quick)
    for button, example in parts.examples:
        button.click(partial(_example, example, parts), None, outputs, **quick)
    _connect_cards(parts, handlers, outputs, quick)


def _connect_cards(parts: Parts, handlers: Handlers, outputs: list[Any], quick: dict[str, Any]) -> None:
    place = [parts.turn, parts.prefix, parts.suffix, parts.mode, parts.consent]
    for number, card in enumerate(parts.cards):
        card.accept.click(partial(handlers.accept, number), place, outputs, **quick).then(None, js=_FOCUS)
        card.edit.click(partial(handlers.edit, number), parts.turn, outputs, **quick).then(None, js=_FOCUS_EDIT)
        card.reject.click(partial(handlers.reject, number), [parts.turn, parts.consent], outputs, **quick)
    edit = parts.edit
    edit.keep.click(handlers.keep_edit, [edit.number, edit.text, *place], outputs, **quick).then(None, js=_FOCUS)
    edit.leave.click(handlers.leave_edit, None, outputs, **quick).then(None, js=_FOCUS)


def _example(example: Example, parts: Parts) -> dict[Any, Any]:
    mode = MIDDLE if example.suffix else NEXT
    hidden = {card.box: gr.update(visible=False) for card in parts.cards}
    return {
        **hidden,
        parts.edit.box: gr.update(visible=False),
        parts.turn: None,
        parts.language: example.language,
        parts.mode: mode,
        parts.prefix: example.prefix,
        parts.suffix: gr.update(value=example.suffix, visible=mode == MIDDLE),
        parts.status: "",
        parts.timings: "",
    }


def _outputs(parts: Parts) -> list[Any]:
    """All parts that a handler may change."""
    cards = [part for card in parts.cards for part in (card.box, card.head, card.text, card.badges, card.buttons)]
    edit = [parts.edit.box, parts.edit.number, parts.edit.text]
    return [parts.turn, parts.language, parts.mode, parts.prefix, parts.suffix, parts.status, parts.timings, *cards, *edit]
