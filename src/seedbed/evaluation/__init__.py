"""What a model can do, measured: tasks, metrics, results; generated code runs in a sandbox only."""
