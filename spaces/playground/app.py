"""The playground: a model in this process, and a page in front of it. `python app.py`."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import closing
from functools import partial
from html import escape
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read while gradio is imported

import gradio as gr
from api import add_endpoints, code
from events import wire
from feedback import Keeper
from handlers import Handlers
from layout import lay_out
from settings import HERE, Settings, read

from seedbed.core.exit_codes import exit_code_of
from seedbed.models.inference import BackendOptions, open_backend
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.factory import open_completer
from seedbed.serving.feedback import open_feedback

_SESSIONS = 500
"""Visitors whose last answer is remembered; the one longest away is forgotten first."""


def main() -> None:
    """Serve until SIGTERM or ctrl-C."""
    settings = read(os.environ)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # Gradio ends well at ctrl-C only
    how = BackendOptions(slots=max(settings.running, 4), fim=settings.fim)
    model = partial(open_backend, settings.model, settings.backend, how)
    with (
        closing(open_feedback(settings.feedback, settings.feedback_to or None)) as sink,
        closing(open_completer(model, policy=settings.policy, dataset=settings.dataset or None)) as completer,
    ):
        page = draw(settings, completer, Keeper(sink, completer.name))
        page.queue(max_size=settings.waiting, default_concurrency_limit=settings.running)
        page.launch(
            theme=_theme(),
            css=(HERE / "style.css").read_text(encoding="utf-8"),
            head=f"<script>{(HERE / 'keys.js').read_text(encoding='utf-8')}</script>",
            footer_links=[],
            run_history=False,  # it would keep what a visitor types in their browser
            ssr_mode=False,
            enable_monitoring=False,  # its secret address would stand in the log
            max_file_size=1,
            blocked_paths=[str(settings.feedback.resolve())],
            state_session_capacity=_SESSIONS,
        )


def draw(settings: Settings, completer: Completer, keeper: Keeper) -> gr.Blocks:
    """The page, and the endpoints for programs."""
    with gr.Blocks(title="Seedbed playground", analytics_enabled=False) as page:
        parts, api = lay_out(_title(settings, completer), settings.feedback_to)
        handlers = Handlers(parts, completer, keeper, settings.resolver, has_attribution=bool(settings.dataset))
        wire(parts, handlers, settings.running)
        add_endpoints(completer, keeper, settings.running)
        page.load(code, None, api, queue=False, api_visibility="private")
    return page


def _theme() -> gr.themes.Base:
    """Fonts of the visitor's own machine, and words that stand out from what is behind them."""
    theme = gr.themes.Default(primary_hue="green", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    return theme.set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        block_info_text_color="*body_text_color",
    )


def _title(settings: Settings, completer: Completer) -> str:
    fim = "fills in the middle" if completer.has_fim else "knows no middle: what stands after the cursor is not read"
    context = "" if settings.backend == "openai" else f"{completer.context_tokens:,} tokens of context, "
    data = f" Candidates are looked up in the dataset {escape(Path(settings.dataset).name)}." if settings.dataset else ""
    return f"<h1>Seedbed playground</h1><p>{escape(completer.name)}: {context}{fim}.{data}</p>"


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
