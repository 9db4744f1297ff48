"""Fine-tuning a finished model: LoRA adapters with peft and trl, and models with one merged in."""
