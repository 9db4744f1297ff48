"""The parts of the page, from top to bottom; handlers are connected in `events`."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from editor import Editor
from examples import EXAMPLES, Example
from requests import DEFAULTS, MAX_CANDIDATES, MIDDLE, NEXT

from seedbed.core.syntax import LANGUAGES

KEYS = (
    "Ctrl+Enter completes. Alt+A accepts, Alt+E edits and Alt+R rejects the focused candidate, or the first one. "
    "To leave an editor, press Escape and then Tab."
)
CONSENT = "Store the candidates and my decisions, to improve the model"
CONSENT_INFO = "When on, the code around the cursor, the candidates and your decisions are stored, without credentials."


@dataclass(frozen=True, slots=True)
class Card:
    """One candidate. `box` holds the rest and is hidden without a candidate; `buttons` are hidden while it is written."""

    box: gr.Column
    head: gr.HTML
    text: Editor
    badges: gr.HTML
    buttons: gr.Row
    accept: gr.Button
    edit: gr.Button
    reject: gr.Button


@dataclass(frozen=True, slots=True)
class Edit:
    """Editor for a candidate before it is inserted."""

    box: gr.Column
    number: gr.State
    text: Editor
    keep: gr.Button
    leave: gr.Button


@dataclass(frozen=True, slots=True)
class Parts:
    """All parts that handlers read and change."""

    turn: gr.State
    language: gr.Dropdown
    mode: gr.Radio
    prefix: Editor
    suffix: Editor
    complete: gr.Button
    stop: gr.Button
    status: gr.HTML
    cards: tuple[Card, ...]
    edit: Edit
    timings: gr.HTML
    consent: gr.Checkbox
    numbers: tuple[gr.Number, ...]
    examples: tuple[tuple[gr.Button, Example], ...]


def lay_out(title: str, feedback_to: str) -> tuple[Parts, gr.Code]:
    """Lay out the page inside the open Blocks.

    Args: title: HTML; feedback_to: dataset that feedback is sent to, "" for none.
    Returns: the parts, and the example of the API tab.
    """
    gr.HTML(title)
    with gr.Tab("Complete", id="complete-tab"):
        parts = _complete(feedback_to)
    with gr.Tab("API", id="api-tab"):
        gr.HTML("<p>Call the model from a program: /complete returns all candidates, /feedback stores what you did with one.</p>")
        label = "Python, with pip install gradio_client"
        api = gr.Code("", language="python", interactive=False, label=label, elem_id="api-code")
    return parts, api


def _complete(feedback_to: str) -> Parts:
    with gr.Row():
        language = gr.Dropdown(list(LANGUAGES), value="Python", label="Language", elem_id="language")
        mode = gr.Radio([NEXT, MIDDLE], value=NEXT, label="Mode", elem_id="mode")
    with gr.Row():
        prefix = _code("prefix", "Code before the cursor", lines=10, value=EXAMPLES[0].prefix, min_width=300)
        suffix = _code("suffix", "Code after the cursor", lines=10, visible=False, min_width=300)
    with gr.Row():
        complete = gr.Button("Complete", variant="primary", elem_id="complete", min_width=120)
        stop = gr.Button("Stop", elem_id="stop", min_width=120)
    status = gr.HTML("", elem_id="status")
    edit = _edit()
    with gr.Row(elem_id="candidates"):
        cards = tuple(_card(number) for number in range(MAX_CANDIDATES))
    return Parts(
        turn=gr.State(None),
        language=language,
        mode=mode,
        prefix=prefix,
        suffix=suffix,
        complete=complete,
        stop=stop,
        status=status,
        edit=edit,
        cards=cards,
        timings=gr.HTML("", elem_id="timings"),
        consent=gr.Checkbox(value=False, label=CONSENT, info=_consent_info(feedback_to), elem_id="consent"),
        examples=_examples(),
        numbers=_numbers(),
    )


def _consent_info(feedback_to: str) -> str:
    where = f" They are sent to {feedback_to}, a private dataset." if feedback_to else ""
    return f"{CONSENT_INFO}{where} When off, nothing is stored."


def _examples() -> tuple[tuple[gr.Button, Example], ...]:
    with gr.Row(elem_classes="examples"):
        return tuple((gr.Button(example.name, size="sm", elem_classes="example"), example) for example in EXAMPLES)


def _code(name: str, label: str, *, lines: int, value: str = "", visible: bool = True, min_width: int = 160) -> Editor:
    return Editor(
        value,
        language=LANGUAGES["Python"].highlighting,
        label=label,
        lines=lines,
        max_lines=24,
        interactive=True,
        visible=visible,
        elem_id=name,
        buttons=[],
        min_width=min_width,
    )


def _edit() -> Edit:
    with gr.Column(visible=False, elem_id="editing") as box:
        text = _code("edited", "Edited candidate", lines=3)
        with gr.Row():
            keep = gr.Button("Use the edited text", variant="primary", elem_id="keep-edit", min_width=120)
            leave = gr.Button("Back", elem_id="leave-edit", min_width=120)
    return Edit(box, gr.State(0), text, keep, leave)


def _card(number: int) -> Card:
    with gr.Column(visible=False, min_width=300, elem_id=f"candidate-{number}", elem_classes="candidate") as box:
        head = gr.HTML("")
        text = Editor("", language="python", interactive=False, lines=3, max_lines=16, show_label=False, buttons=[])
        badges = gr.HTML("")
        with gr.Row() as row:
            buttons = [
                gr.Button(
                    word,
                    size="sm",
                    elem_classes=word.lower(),
                    min_width=60,
                    variant="primary" if word == "Accept" else "secondary",
                )
                for word in ("Accept", "Edit", "Reject")
            ]
    return Card(box, head, text, badges, row, *buttons)


def _numbers() -> tuple[gr.Number, ...]:
    """In the order of the parameters of `request_of`."""
    with gr.Accordion("Settings", open=False, elem_id="settings"), gr.Row():
        numbers = (
            gr.Number(
                DEFAULTS.temperature, label="temperature", info="0 always takes the most likely token", step=0.1, min_width=130
            ),
            gr.Number(DEFAULTS.top_k, label="top_k", info="most likely tokens to sample from, 0 for all", min_width=130),
            gr.Number(DEFAULTS.max_new_tokens, label="new tokens", info="maximum", min_width=130),
            gr.Number(DEFAULTS.n, label="candidates", info=f"1 to {MAX_CANDIDATES}", min_width=130),
        )
    gr.HTML(f'<p class="keys">{KEYS}</p>')
    return numbers
