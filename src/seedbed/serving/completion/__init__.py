"""The completion service: what is put before a model, and what is said of what comes back."""
