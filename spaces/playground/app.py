"""The playground: a web page over a model that runs in this process. Start it with `python app.py`."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import closing
from functools import partial
from html import escape
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # Gradio reads it on import

import gradio as gr
from api import add_endpoints, code
from events import connect
from feedback import FeedbackRecorder
from handlers import Handlers
from layout import lay_out
from settings import HERE, Settings, read

from seedbed.core.errors import exit_code_of
from seedbed.models.inference import BackendOptions, open_backend
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.factory import open_completer
from seedbed.serving.feedback import open_feedback

_SESSIONS = 500
"""Visitors whose last answer is kept; the least recent one is dropped first."""


def main() -> None:
    """Serve until SIGTERM or ctrl-C."""
    settings = read(os.environ)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # Gradio shuts down cleanly only on ctrl-C
    how = BackendOptions(slots=max(settings.running, 4), fim=settings.fim)
    model = partial(open_backend, settings.model, settings.backend, how)
    with (
        closing(open_feedback(settings.feedback, settings.feedback_to or None)) as sink,
        closing(open_completer(model, policy=settings.policy, dataset=settings.dataset or None)) as completer,
    ):
        page = draw(settings, completer, FeedbackRecorder(sink, completer.name))
        page.queue(max_size=settings.waiting, default_concurrency_limit=settings.running)
        page.launch(
            theme=_theme(),
            css=(HERE / "style.css").read_text(encoding="utf-8"),
            head=f"<script>{(HERE / 'keys.js').read_text(encoding='utf-8')}</script>",
            footer_links=[],
            run_history=False,  # it would store what a visitor types in their browser
            ssr_mode=False,
            enable_monitoring=False,  # its secret address would be in the log
            max_file_size=1,
            blocked_paths=[str(settings.feedback.resolve())],
            state_session_capacity=_SESSIONS,
        )


def draw(settings: Settings, completer: Completer, recorder: FeedbackRecorder) -> gr.Blocks:
    """Build the page and the endpoints for programs."""
    with gr.Blocks(title="Seedbed playground", analytics_enabled=False) as page:
        parts, api = lay_out(_title(settings, completer), settings.feedback_to)
        handlers = Handlers(parts, completer, recorder, settings.resolver, has_attribution=bool(settings.dataset))
        connect(parts, handlers, settings.running)
        add_endpoints(completer, recorder, settings.running)
        page.load(code, None, api, queue=False, api_visibility="private")
    return page


def _theme() -> gr.themes.Base:
    """System fonts, which need no download, and colours with enough contrast."""
    theme = gr.themes.Default(primary_hue="green", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    return theme.set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        block_info_text_color="*body_text_color",
    )


def _title(settings: Settings, completer: Completer) -> str:
    fim = "fills in the middle" if completer.has_fim else "cannot fill in the middle: code after the cursor is ignored"
    context = "" if settings.backend == "openai" else f"{completer.context_tokens:,} tokens of context, "
    name = escape(Path(settings.dataset).name) if settings.dataset else ""
    data = f" Candidates are looked up in the dataset {name}; NOTICE.md there has the notices of its files." if name else ""
    return f"<h1>Seedbed playground</h1><p>{escape(completer.name)}: {context}{fim}.{data}</p>"


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
