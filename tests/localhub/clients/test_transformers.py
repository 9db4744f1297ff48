"""The `transformers` library: a model and its tokenizer, pushed and loaded by name."""

from pathlib import Path
from typing import Any

from huggingface_hub import HfApi


def tiny_llama() -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    sizes = {"vocab_size": 64, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    return LlamaForCausalLM(LlamaConfig(**sizes))


def tiny_tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({"<unk>": 0, "seed": 1, "bed": 2}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=words, unk_token="<unk>")


def logits(model: Any) -> list[float]:
    import torch

    with torch.no_grad():
        return [float(value) for value in model(torch.tensor([[1, 2, 3]])).logits.flatten()]


def test_an_uploaded_model_is_loaded_by_its_name(model: str, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    made = tiny_llama()
    made.save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    HfApi().upload_folder(repo_id=model, folder_path=tmp_path)

    loaded, tokenizer = AutoModelForCausalLM.from_pretrained(model), AutoTokenizer.from_pretrained(model)

    assert logits(loaded) == logits(made)
    assert tokenizer("seed bed")["input_ids"] == [1, 2]


def test_a_pushed_model_is_loaded_by_its_name(name: str) -> None:
    from transformers import AutoModelForCausalLM

    made = tiny_llama()

    made.push_to_hub(name, private=True)

    assert logits(AutoModelForCausalLM.from_pretrained(name)) == logits(made)


def test_the_header_of_the_weights_is_read_without_the_weights(name: str) -> None:
    tiny_llama().push_to_hub(name)

    metadata = HfApi().get_safetensors_metadata(name)

    assert metadata.parameter_count == {"F32": sum(weight.numel() for weight in tiny_llama().parameters())}


def test_the_hub_knows_the_architecture(name: str) -> None:
    tiny_llama().push_to_hub(name)

    info = HfApi().model_info(name)

    assert info.config
    assert info.config["model_type"] == "llama"
