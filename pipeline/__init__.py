"""The order of the stages. Each module is one stage, read from top to bottom."""
