"""Gradio's code editor, which keeps a text as it is."""

from __future__ import annotations

import gradio as gr


class Editor(gr.Code):
    """The parent strips white space off both ends of a text, and with it the indentation that a completion begins with."""

    is_template = True  # the browser shows it as the parent

    def postprocess(self, value: str | None) -> str | None:
        return value
