"""`seedbed serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Option

from seedbed.cli.extras import need

Model = Annotated[
    str,
    Option(
        metavar="FOLDER_OR_ID",
        help="a model folder, a GGUF file, a repository id on the Hub, or the URL of an OpenAI-compatible server",
    ),
]
Backend = Annotated[
    Literal["auto", "transformers", "llamacpp", "openai"], Option(help="what runs the model; auto: chosen by the kind of model")
]
Fim = Annotated[
    str,
    Option(
        metavar="WAY",
        help="how the server behind a URL fills in the middle: none, suffix, starcoder, qwen, santacoder, deepseek, codellama",
    ),
]
Host = Annotated[str, Option(metavar="HOST", help="address to listen on; one that other machines reach needs a token")]
Port = Annotated[int, Option(metavar="N", help="port; 0 takes any that is free")]
Token = Annotated[
    list[str] | None,
    Option(
        metavar="T",
        help="Bearer-token authentication; repeat for more tokens (default: SEEDBED_TOKEN); without --token the server is open",
    ),
]
Policy = Annotated[Path | None, Option(metavar="FILE", help="safety policy (default: recipes/safety/default.yaml)")]
Dataset = Annotated[
    str | None,
    Option(metavar="FOLDER_OR_ID", help="dataset to look completions up in: a folder, or an id on the Hub"),
]
Project = Annotated[
    Path | None, Option(metavar="DIR", help="project whose functions and classes are added to prompts; read once, at the start")
]
Package = Annotated[list[str] | None, Option(metavar="NAME", help="installed package, used like --project; repeat for more")]
Feedback = Annotated[Path, Option(metavar="DIR", help="folder where feedback is kept")]
FeedbackTo = Annotated[
    str | None, Option(metavar="OWNER/NAME", help="private dataset on a Hub to upload feedback to; created when missing")
]
FeedbackEvery = Annotated[float, Option(metavar="MINUTES", help="time between two uploads")]
Requests = Annotated[int, Option(metavar="N", help="completions computed at the same time")]
Waiting = Annotated[int, Option(metavar="N", help="requests that may wait; more get a 429")]
Rate = Annotated[float, Option(metavar="N", help="requests per minute from one token or address; 0: no limit")]


def serve(
    *,
    model: Model,
    backend: Backend = "auto",
    fim: Fim = "none",
    host: Host = "127.0.0.1",
    port: Port = 8008,
    token: Token = None,
    policy: Policy = None,
    dataset: Dataset = None,
    project: Project = None,
    package: Package = None,
    feedback: Feedback = Path("build/feedback"),
    feedback_to: FeedbackTo = None,
    feedback_every: FeedbackEvery = 5,
    requests: Requests = 4,
    waiting: Waiting = 64,
    rate: Rate = 600,
) -> None:
    """Serve completions over HTTP.

    Works with clients made for OpenAI or for llama.cpp's server. Prints its address when it is ready. Runs until ctrl-C
    or SIGTERM.
    """
    need("serve")
    from pipeline import serve as stage
    from seedbed.serving.http.app import Options

    packages, tokens = tuple(package or ()), tuple(token or ()) or stage.tokens_of_the_environment()
    request = stage.Request(model, backend, fim, policy, dataset, project, packages, feedback, feedback_to, feedback_every)
    stage.run(request, Options(host, port, tokens, requests, waiting, rate))
