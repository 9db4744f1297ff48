"""nanotron's trainer, fed by our recipes and tokens, on a CPU as on GPUs.

nanotron 0.4 cannot be imported as it is published, and the classes of this package derive from its own: so importing the
package is what mends the import. Nothing that runs is touched here; `cpu` does that, and only where it is asked to.
"""

from seedbed.models.training.nanotron.compatibility import prepare

prepare()
