"""Train LoRA adapters on a finished model with peft and trl, and merge them into it."""
