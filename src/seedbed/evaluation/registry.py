"""From a task to what is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from seedbed.evaluation.documents import Document
from seedbed.evaluation.prompts import Asking
from seedbed.evaluation.task import AnyTask, BitsPerByteTask, InfillingTask, LatencyTask, NextLineTask, SyntaxTask
from seedbed.evaluation.tasks.bits_per_byte import BitsPerByte
from seedbed.evaluation.tasks.infilling import Infilling
from seedbed.evaluation.tasks.latency import Latency
from seedbed.evaluation.tasks.next_line import NextLine
from seedbed.evaluation.tasks.program import Programs
from seedbed.evaluation.tasks.syntax import Syntax

Documents = Callable[[], Sequence[Document]]


def prepare(task: AnyTask, documents: Documents) -> Asking:
    """A task, ready to be asked.

    Args: documents: the files of the split, called only where the task is about them.
    Raises: InputError for problems or a split that are not there.
    """
    match task:
        case InfillingTask():
            return Infilling(task, documents())
        case NextLineTask():
            return NextLine(task, documents())
        case SyntaxTask():
            return Syntax(task, documents())
        case BitsPerByteTask():
            return BitsPerByte(task, documents())
        case LatencyTask():
            return Latency(task, documents())
    return Programs(task)
