"""The kinds of task: each makes questions, asks a model, and judges what it says."""
