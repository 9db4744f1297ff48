"""nanotron's trainer with our recipes and tokens, on CPUs and GPUs.

nanotron 0.4 cannot be imported as published, and classes of this package derive from its classes. So importing this package
makes nanotron importable. It changes nothing that nanotron computes; only `cpu` does, inside its context manager.
"""

from seedbed.models.training.nanotron.compatibility import prepare

prepare()
