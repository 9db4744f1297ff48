"""A batch script that trains on N nodes of a Slurm cluster. Not run on a cluster yet."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import TrainingError

_GRACE_SECONDS = 600
_SCRIPT = """\
#!/bin/bash
#SBATCH --job-name={name}
#SBATCH --nodes={nodes}
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node={per_node}
#SBATCH --exclusive
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output={folder}/slurm-%j.txt
#SBATCH --signal=TERM@{grace}

# One torchrun per node. {grace} seconds before the time limit every rank gets SIGTERM, writes a checkpoint and ends; the
# requeued job resumes from it. Set partition, account and time yourself: sbatch --partition=... --time=... this file
set -euo pipefail
head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
srun torchrun \\
  --nnodes "$SLURM_NNODES" \\
  --nproc-per-node {per_node} \\
  --rdzv-id "$SLURM_JOB_ID" \\
  --rdzv-backend c10d \\
  --rdzv-endpoint "$head:29500" \\
  --shutdown-timeout {grace} \\
  -m {command}
"""


def script(recipe: TrainRecipe, nodes: int, command: Sequence[str], folder: str) -> str:
    """The batch script: an equal share of the recipe's ranks on each node, one GPU per rank.

    Args: command: module and arguments of every rank; folder: for the job's output.
    Raises: TrainingError when the ranks do not spread evenly over the nodes.
    """
    ranks = recipe.parallelism.ranks
    if nodes < 1 or ranks % nodes:
        allowed = ", ".join(str(number) for number in range(1, ranks + 1) if ranks % number == 0)
        raise TrainingError(f"--slurm {nodes}: {ranks} ranks do not spread evenly over {nodes} nodes. Allowed: {allowed}.")
    return _SCRIPT.format(
        name=recipe.name,
        nodes=nodes,
        per_node=ranks // nodes,
        folder=shlex.quote(folder),
        grace=_GRACE_SECONDS,
        command=shlex.join(command),
    )
