"""Gradio's code editor, which keeps a text as it is."""

from __future__ import annotations

import gradio as gr

HIGHLIGHTED = {
    "Python": "python",
    "JavaScript": "javascript",
    "TypeScript": "typescript",
    "C": "c",
    **dict.fromkeys(("C++", "Java", "Go", "Rust"), "cpp"),
}
"""How the editor colours a language; it has none of the last three, whose words and braces are like those of C++."""


class Editor(gr.Code):
    """The parent strips white space off both ends of a text, and with it the indentation that a completion begins with."""

    is_template = True  # the browser shows it as the parent

    def postprocess(self, value: str | None) -> str | None:
        return value
