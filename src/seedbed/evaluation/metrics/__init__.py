"""Metrics as pure functions: texts and numbers in, a number out."""
