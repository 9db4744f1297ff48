"""What the dataset of feedback says of itself."""

from __future__ import annotations

from typing import Final

COLUMNS: Final = {
    "time": ("float64", "seconds since 1970 at which the event came"),
    "id": ("string", "the sender's name of the event; should one stand twice, the first counts"),
    "consent": ("bool", "true: without it nothing is kept"),
    "action": ("string", "shown, accepted, edited or rejected"),
    "shown": ("string", "the suggestion"),
    "final": ("string", "after edited: what stands in its place"),
    "prefix": ("string", "the text before it"),
    "suffix": ("string", "the text after it"),
    "path": ("string", "of the file"),
    "language": ("string", "of the file"),
    "model": ("string", "what wrote the suggestion"),
    "completion_id": ("string", "of the answer that it came with"),
}


def card() -> str:
    """A README with the types of all columns: guessed from the texts, some would be dates."""
    features = "".join(f"  - name: {name}\n    dtype: {dtype}\n" for name, (dtype, _) in COLUMNS.items())
    rows = "".join(f"| `{name}` | {words} |\n" for name, (_, words) in COLUMNS.items())
    return f"""---
configs:
- config_name: default
  data_files: events/*.jsonl
dataset_info:
  features:
{features}tags:
- seedbed
- code
---

# Feedback

What people made of a code model's suggestions. Each event is here because its sender gave consent. Lines with credentials were
replaced (`[redacted: RULE]`) before anything was written; other personal data may stand in what people typed, so this repository
stays private: nothing is sent to one that is not.

| Column | Meaning |
|---|---|
{rows}
Files in `events/` are appended to, each by the process that began it.
"""
