"""pass@k with every candidate in a sandbox, with the arguments and results of the public `code_eval`."""

from collections.abc import Sequence
from typing import Any

import datasets
import evaluate

from seedbed.evaluation.code_eval import code_eval

_CITATION = """
@article{chen2021evaluating,
  title = {Evaluating Large Language Models Trained on Code},
  author = {Chen, Mark and Tworek, Jerry and Jun, Heewoo and others},
  journal = {arXiv:2107.03374},
  year = {2021},
}
"""
_DESCRIPTION = """
Estimates pass@k of generated programs. Each candidate runs in bubblewrap, in a process separate from its tests: it reaches
neither the machine nor the tests. HF_ALLOW_CODE_EVAL is not needed and not read.
"""
_INPUTS = """
Args:
    predictions: list of lists of candidate programs, one list for each task.
    references: list of test programs, one for each task, which raise when a candidate is wrong.
    k: the k of pass@k (default: 1, 10, 100, where every task has as many candidates).
    num_workers: concurrent sandboxes (default: 4).
    timeout: CPU seconds of a candidate (default: 3.0).
Returns:
    {"pass@k": share}, {task: [(candidate, {"task_id", "passed", "result", "completion_id"})]}
"""


@evaluate.utils.file_utils.add_start_docstrings(_DESCRIPTION, _INPUTS)
class CodeEval(evaluate.Metric):
    def _info(self) -> evaluate.MetricInfo:
        inputs = {"predictions": datasets.Sequence(datasets.Value("string")), "references": datasets.Value("string")}
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation=_CITATION,
            inputs_description=_INPUTS,
            features=datasets.Features(inputs),
            reference_urls=["https://arxiv.org/abs/2107.03374"],
            license="Apache-2.0",
        )

    def _compute(
        self,
        predictions: list[list[str]],
        references: list[str],
        k: int | Sequence[int] = (1, 10, 100),
        num_workers: int = 4,
        timeout: float = 3.0,
    ) -> tuple[dict[str, float], dict[int, list[Any]]]:
        return code_eval(predictions, references, k, num_workers, timeout)
