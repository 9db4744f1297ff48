"""`seedbed ...`: thin. An error meant for a person is one line on stderr and exit code 2, never a traceback."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from seedbed import __version__
from seedbed.cli import extras, terminal
from seedbed.core.errors import InputError, SeedbedError, one_line

_INTERRUPTED = 130
_OUT_HELP = (
    "folder of the dataset (default: build/datasets/<recipe name>); work in progress is kept in build/work of the current folder"
)


class Parser(argparse.ArgumentParser):
    """Arguments that make no sense are one line, as every other mistake is."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"seedbed: {one_line(message)}. See `{self.prog} --help`.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns: 0 when it did what was asked, 2 when the input is at fault, 130 when interrupted."""
    options = make_parser().parse_args(arguments)
    return outcome(lambda: options.run(options))


def outcome(act: Callable[[], int | None]) -> int:
    """Do something for a person at a terminal: every way to fail is one line on stderr and an exit code, as for `main`."""
    _escape_what_cannot_be_printed()
    try:
        return act() or 0
    except SeedbedError as error:
        return _failed(str(error), 2)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away: nothing left to say
    except OSError as error:  # a full disk, a file that may not be read: the machine's own words say it best
        return _failed(f"{error.filename or 'input or output'}: {error.strerror or error}.", 2)
    except MemoryError:
        return _failed("out of memory. Allowed: fewer --workers.", 2)
    except KeyboardInterrupt:
        return _failed("interrupted; run the same command to go on where it stopped.", _INTERRUPTED)
    return 0


def _failed(why: str, code: int) -> int:
    sys.stderr.write(f"seedbed: {one_line(why)}\n")
    return code


def _escape_what_cannot_be_printed() -> None:
    """File names need not be text, and a terminal need not know every letter."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def make_parser() -> argparse.ArgumentParser:
    """The whole command line, importable without any extra."""
    parser = Parser(
        prog="seedbed",
        description="Turn public source code into a license-clean, deduplicated, fully explained dataset, "
        "and grow code models from it.",
        epilog="Extras: `data` for dataset, inspect and duplicates; `hub` for publish and hub; `train` for plan and train; "
        "`serve` for serve and audit; `eval` for score, and with `train` for evaluate and compare; `finetune` over all of them "
        "for finetune.",
    )
    parser.add_argument("--version", action="version", version=f"seedbed {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    dataset = commands.add_parser("dataset", help="build the dataset of a recipe", description="Build the dataset of a recipe.")
    add_dataset_arguments(dataset)
    dataset.set_defaults(run=_dataset)
    _add_inspect(commands.add_parser("inspect", help="every verdict on files or folders", description=_INSPECT))
    _add_duplicates(commands.add_parser("duplicates", help="clusters of equal and nearly equal files", description=_DUPLICATES))
    _add_publish(commands.add_parser("publish", help="put a folder on the Hub", description=_PUBLISH))
    _add_hub(commands.add_parser("hub", help="a Hub of one's own on 127.0.0.1", description=_HUB))
    _add_audit(commands.add_parser("audit", help="a folder looked at by semgrep with local rules", description=_AUDIT))
    _add_serve(commands.add_parser("serve", help="completions over HTTP", description=_SERVE))
    plan = commands.add_parser("plan", help="what a training run takes", description=_PLAN)
    plan.add_argument("recipe", type=Path, metavar="RECIPE", help="a training recipe, such as recipes/train/starter.yaml")
    plan.set_defaults(run=_plan)
    train = commands.add_parser("train", help="train a model", description=_TRAIN)
    add_train_arguments(train)
    train.set_defaults(run=_train)
    _add_score(commands.add_parser("score", help="judge completions made elsewhere", description=_SCORE))
    evaluate = commands.add_parser("evaluate", help="what a model can do, measured", description=_EVALUATE)
    add_evaluate_arguments(evaluate)
    evaluate.set_defaults(run=_evaluate)
    finetune = commands.add_parser("finetune", help="learn from feedback", description=_FINETUNE)
    add_finetune_arguments(finetune)
    finetune.set_defaults(run=_finetune)
    _add_compare(commands.add_parser("compare", help="the difference of two evaluations", description=_COMPARE))
    return parser


_SCORE = (
    "Run completions against the tests of a task, each in a sandbox: a verdict of each, then pass@k. Goes on where it stopped."
)
_EVALUATE = "Ask a model the tasks of recipes/eval and judge what it says; goes on where it stopped. The scores go on its card."
_COMPARE = "Say how two evaluations differ, on the same problems, with paired intervals; refuse those that are not comparable."
_FINETUNE = (
    "Filter feedback, train a LoRA adapter on it, ask the same tasks before and after: adapter and model where it got better, "
    "else the word that it did not. Goes on where it stopped."
)
_PLAN = "Say what training a recipe takes: parameters, tokens, memory, FLOPs, hours; refuse a layout that cannot work."
_TRAIN = "Train a model on a recipe's tokens with nanotron. Ctrl-C or SIGTERM writes a checkpoint; --resume goes on from it."
_PUBLISH = "Make a repository on the Hub what a dataset, model or Space folder is, in one commit. Private unless told otherwise."
_HUB = "Serve a Hub on 127.0.0.1 that the official clients accept, until ctrl-C or SIGTERM. Prints its address when it is ready."
_SERVE = (
    "Serve a model's completions over HTTP, for clients of OpenAI and of llama.cpp's server, until ctrl-C or SIGTERM. "
    "Prints its address when it is ready."
)
_AUDIT = "Look at a folder by semgrep with local rules; no network. Exit code 1 when there are findings."
_INSPECT = "Say what every block says of each file: language, license evidence, syntax, complexity, and why it would be dropped."
_DUPLICATES = "Find files that are equal, or nearly: renamed, re-indented, lightly edited."


def add_dataset_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `seedbed dataset`, which every stage of the pipeline takes too."""
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="a dataset recipe, such as recipes/data/starter.yaml")
    parser.add_argument("--out", type=Path, metavar="DIR", help=_OUT_HELP)
    parser.add_argument(
        "--tasks",
        type=int,
        metavar="N",
        help="shards of the work (default: 4 a worker); never changes the output, but another number begins the work anew",
    )
    parser.add_argument("--workers", type=int, metavar="N", help="processes at once (default: all cores)")
    parser.add_argument("--strict", action="store_true", help="stop at a broken archive instead of leaving it out")


def add_train_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `seedbed train`, which `python -m pipeline.train` takes too."""
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="a training recipe, such as recipes/train/starter.yaml")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint, if there is one")
    parser.add_argument("--tokens", type=Path, metavar="DIR", help="tokens to train on (default: build/tokens/<recipe name>)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the run (default: build/runs/<recipe name>)")
    parser.add_argument("--device", choices=("cpu", "gpu"), help="default: gpu where there is one")
    parser.add_argument("--trackio", action="store_true", help="show the metrics on a trackio dashboard, where it is installed")
    parser.add_argument("--slurm", type=int, metavar="N", help="print a batch script for N nodes instead of training")


def add_evaluate_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `seedbed evaluate`, which `python -m pipeline.evaluate` takes too."""
    parser.add_argument("model", metavar="MODEL", help="a model folder, a GGUF file, an id on the Hub, or the URL of a server")
    parser.add_argument(
        "--tasks", metavar="A,B", help="names in recipes/eval, or paths (default: all whose problems are at hand)"
    )
    parser.add_argument(
        "--data", metavar="DATASET", help="dataset folder, or id, whose test split is asked about (default: its own)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the results (default: build/evaluations/<model name>)")
    parser.add_argument("--limit", type=int, metavar="N", help="ask only the first N problems of each task")
    parser.add_argument("--backend", choices=("auto", "transformers", "llamacpp", "openai", "vllm"), default="auto")


def add_finetune_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `seedbed finetune`, which `python -m pipeline.finetune` takes too."""
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="such as recipes/finetune/starter.yaml")
    parser.add_argument("--feedback", metavar="FOLDER_OR_ID", help="feedback to learn from (default: the recipe's)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the report (default: build/finetunes/<recipe name>)")
    parser.add_argument("--publish", metavar="OWNER/NAME", help="where model and adapter (-adapter) go if the model got better")


def _add_compare(parser: argparse.ArgumentParser) -> None:
    for name in ("first", "second"):
        parser.add_argument(name, type=Path, metavar=name.upper(), help="results.json of an evaluation, or its folder")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=_compare)


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    _add_paths(parser)
    parser.set_defaults(run=_inspect)


def _add_duplicates(parser: argparse.ArgumentParser) -> None:
    _add_paths(parser)
    parser.set_defaults(run=_duplicates)


def _add_publish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a dataset, model or Space folder with its card")
    parser.add_argument("--to", required=True, metavar="OWNER/NAME", help="the repository; made when it is not there")
    parser.add_argument("--type", choices=("dataset", "model", "space"), help="found out from the folder when left out")
    visibility = parser.add_mutually_exclusive_group()
    visibility.add_argument("--private", action="store_true", default=None, help="the default for a new repository")
    visibility.add_argument("--public", dest="private", action="store_false", default=None, help="let everybody see it")
    parser.add_argument("--pr", action="store_true", help="open a pull request in place of a commit")
    parser.add_argument("--tag", metavar="TAG", help="name the commit, such as v1.2.0")
    parser.add_argument("--dry-run", action="store_true", help="print what would change; send nothing")
    parser.set_defaults(run=_publish)


def _add_audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder or a file of source code")
    parser.add_argument("--rules", type=Path, metavar="DIR", help="semgrep rules, *.yaml (default: recipes/safety/semgrep)")
    parser.set_defaults(run=_audit)


def _add_serve(parser: argparse.ArgumentParser) -> None:
    model = "a model folder, a GGUF file, an id on the Hub, or the URL of an OpenAI-compatible server"
    parser.add_argument("--model", required=True, metavar="FOLDER_OR_ID", help=model)
    backends = ("auto", "transformers", "llamacpp", "openai")
    parser.add_argument("--backend", choices=backends, default="auto", help="what runs it (default: found out from the model)")
    parser.add_argument("--fim", default="none", metavar="WAY", help="how the server behind a URL is asked for a middle")
    parser.add_argument("--host", default="127.0.0.1", help="address (default: 127.0.0.1); one that others reach wants a token")
    parser.add_argument("--port", type=int, default=8008, metavar="N", help="port (default: 8008); 0 takes any that is free")
    who = "who sends it is let in; more than once for more (default: what SEEDBED_TOKEN holds, else everybody is)"
    parser.add_argument("--token", action="append", default=[], metavar="T", help=who)
    parser.add_argument("--policy", type=Path, metavar="FILE", help="safety policy (default: recipes/safety/default.yaml)")
    dataset = "says where a completion was seen before: a dataset folder, or its id on the Hub"
    parser.add_argument("--dataset", metavar="FOLDER_OR_ID", help=dataset)
    project = "whose functions and classes a model is told of where they help, as they are at the start"
    parser.add_argument("--project", type=Path, metavar="DIR", help=project)
    package = "an installed package, likewise; more than once for more"
    parser.add_argument("--package", action="append", default=[], metavar="NAME", help=package)
    feedback = Path("build/feedback")
    parser.add_argument(
        "--feedback", type=Path, default=feedback, metavar="DIR", help=f"where feedback goes (default: {feedback})"
    )
    to = "a private dataset on a Hub that feedback is sent on to; made when it is not there"
    parser.add_argument("--feedback-to", metavar="OWNER/NAME", help=to)
    every = "time between two uploads (default: 5 minutes)"
    parser.add_argument("--feedback-every", type=float, default=5.0, metavar="MINUTES", help=every)
    parser.add_argument("--requests", type=int, default=4, metavar="N", help="completions at once (default: 4)")
    parser.add_argument(
        "--waiting", type=int, default=64, metavar="N", help="requests that may wait (default: 64); more get a 429"
    )
    parser.add_argument(
        "--rate",
        type=float,
        default=600,
        metavar="N",
        help="requests a minute of one token or address (default: 600); 0: any number",
    )
    parser.set_defaults(run=_serve)


def _add_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", metavar="TASK", help="a name in recipes/eval, such as humaneval, or a path")
    parser.add_argument("samples", type=Path, metavar="SAMPLES", help='JSONL, {"task_id": ..., "completion": ...} a line')
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=_score)


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="files or folders")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--recipe", type=Path, metavar="RECIPE", help="limits and license policy (default: the starter recipe's)")


def _add_hub(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8787, metavar="N", help="port (default: 8787); 0 takes any that is free")
    parser.add_argument(
        "--dir", type=Path, default=Path("build/hub"), metavar="DIR", help="where all of it is (default: build/hub)"
    )
    parser.add_argument("--user", default="seedbed", metavar="NAME", help="a user to add (default: seedbed)")
    parser.add_argument(
        "--org", action="append", default=[], metavar="ORG", help="an organisation of the user; more than once for more"
    )
    parser.add_argument(
        "--token",
        action="append",
        default=[],
        metavar="TOKEN",
        help="a token of the user; read:TOKEN only reads; more than once for more (default: one that DIR/token holds)",
    )
    parser.set_defaults(run=_hub)


def _dataset(options: argparse.Namespace) -> None:
    extras.need("data", extras.DATA, "dataset")
    policy("dataset").command(options)


def _inspect(options: argparse.Namespace) -> None:
    extras.need("data", extras.DATA, "inspect")
    for verdict in policy("inspect").verdicts(options.paths, options.recipe):
        _print(json.dumps(verdict) if options.json else terminal.verdict(verdict))


def _duplicates(options: argparse.Namespace) -> None:
    extras.need("data", extras.DATA, "duplicates")
    for cluster in policy("inspect").clusters(options.paths, options.recipe):
        _print(json.dumps(cluster) if options.json else terminal.cluster(cluster))


def _publish(options: argparse.Namespace) -> None:
    extras.need("hub", extras.HUB, "publish")
    policy("publish").command(options)


def _hub(options: argparse.Namespace) -> None:
    extras.need("hub-server", extras.SERVER, "hub")
    from localhub.errors import StartError
    from localhub.server import Options, serve

    try:
        serve(Options(options.dir, options.port, options.user, tuple(options.org), tuple(options.token)))
    except StartError as error:
        raise InputError(str(error)) from error


def _audit(options: argparse.Namespace) -> int:
    extras.need("serve", extras.SERVE, "audit")
    report = policy("audit").command(options)
    for line in policy("audit").lines(report):
        _print(line)
    return int(bool(report.issues))


def _serve(options: argparse.Namespace) -> None:
    extras.need("serve", extras.HTTP, "serve")
    policy("serve").command(options)


def _plan(options: argparse.Namespace) -> None:
    extras.need("train", extras.TRAIN, "plan")
    for line in policy("plan").lines_of(options.recipe):
        _print(line)


def _train(options: argparse.Namespace) -> int:
    extras.need("train", extras.TRAIN, "train")
    return int(policy("train").command(options))


def _score(options: argparse.Namespace) -> None:
    extras.need("eval", extras.SCORE, "score")
    for found in policy("score").score(options.task, options.samples):
        _print(json.dumps(found) if options.json else terminal.score(found))


def _evaluate(options: argparse.Namespace) -> int:
    extras.need("eval", extras.EVAL, "evaluate")
    return int(policy("evaluate").command(options))


def _finetune(options: argparse.Namespace) -> int:
    extras.need("finetune", extras.FINETUNE, "finetune")
    return int(policy("finetune").command(options))


def _compare(options: argparse.Namespace) -> None:
    extras.need("eval", extras.EVAL, "compare")
    for line in policy("compare").lines_of(options.first, options.second, as_json=options.json):
        _print(line)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def policy(stage: str) -> ModuleType:
    """A stage of the pipeline: the checkout's own in a checkout, the one shipped in the wheel elsewhere."""
    shipped = "seedbed.policy.pipeline"
    home = shipped if find_spec("seedbed.policy") else "pipeline"
    return import_module(f"{home}.{stage}")
