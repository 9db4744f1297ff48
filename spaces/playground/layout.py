"""What stands on the page, from top to bottom; nothing happens here."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from editor import Editor
from examples import EXAMPLES, Example
from requests import DEFAULTS, MIDDLE, MOST_CANDIDATES, NEXT

from seedbed.core.syntax import LANGUAGES

KEYS = (
    "Ctrl+Enter completes. Alt+A accepts, Alt+E edits and Alt+R rejects the candidate that has the focus, else the first. "
    "In an editor, Escape and then Tab goes on to the next control."
)
CONSENT = "Keep what I was shown, and what I did with it, to make the model better"
CONSENT_INFO = "Then the code around the cursor, the candidates and your decision are kept, credentials cut out."


@dataclass(frozen=True, slots=True)
class Card:
    """One candidate. `box` holds the others, and is hidden while there is none; `buttons` are, while it is written."""

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
    """Where a candidate is changed before it is taken."""

    box: gr.Column
    number: gr.State
    text: Editor
    keep: gr.Button
    leave: gr.Button


@dataclass(frozen=True, slots=True)
class Parts:
    """All that handlers read and write."""

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
    """Draw the page inside of the open Blocks.

    Args: title: HTML; feedback_to: dataset that feedback is sent to, "" for none.
    Returns: its parts, and where the API tab shows code.
    """
    gr.HTML(title)
    with gr.Tab("Complete", id="complete-tab"):
        parts = _complete(feedback_to)
    with gr.Tab("API", id="api-tab"):
        gr.HTML("<p>The same from a program: /complete answers with all candidates, /feedback takes what became of one.</p>")
        label = "Python, with pip install gradio_client"
        api = gr.Code("", language="python", interactive=False, label=label, elem_id="api-code")
    return parts, api


def _complete(feedback_to: str) -> Parts:
    with gr.Row():
        language = gr.Dropdown(list(LANGUAGES), value="Python", label="Language", elem_id="language")
        mode = gr.Radio([NEXT, MIDDLE], value=NEXT, label="What to write", elem_id="mode")
    with gr.Row():
        prefix = _code("prefix", "Code before the cursor", lines=10, value=EXAMPLES[0].prefix, min_width=300)
        suffix = _code("suffix", "Code after the cursor", lines=10, visible=False, min_width=300)
    with gr.Row():
        complete = gr.Button("Complete", variant="primary", elem_id="complete", min_width=120)
        stop = gr.Button("Stop", elem_id="stop", min_width=120)
    status = gr.HTML("", elem_id="status")
    edit = _edit()
    with gr.Row(elem_id="candidates"):
        cards = tuple(_card(number) for number in range(MOST_CANDIDATES))
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
    return f"{CONSENT_INFO}{where} Unticked, nothing is kept."


def _examples() -> tuple[tuple[gr.Button, Example], ...]:
    with gr.Row(elem_classes="examples"):
        return tuple((gr.Button(one.name, size="sm", elem_classes="example"), one) for one in EXAMPLES)


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
        text = _code("edited", "Candidate, as you would have it", lines=3)
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
    """In the order in which a request takes them."""
    with gr.Accordion("How to write", open=False, elem_id="settings"), gr.Row():
        numbers = (
            gr.Number(DEFAULTS.temperature, label="temperature", info="0 takes the likeliest token", step=0.1, min_width=130),
            gr.Number(DEFAULTS.top_k, label="top_k", info="likeliest tokens to draw from, 0 for all", min_width=130),
            gr.Number(DEFAULTS.max_new_tokens, label="new tokens", info="at most", min_width=130),
            gr.Number(DEFAULTS.n, label="candidates", info=f"1 to {MOST_CANDIDATES}", min_width=130),
        )
    gr.HTML(f'<p class="keys">{KEYS}</p>')
    return numbers
