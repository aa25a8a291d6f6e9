"""Who trains: each by its name, loaded when it is asked for, so that a process has only what it needs."""

from dataclasses import dataclass
from importlib import import_module

from peers.workloads import Trainer, Workload


@dataclass(frozen=True)
class Known:
    """A trainer that can be had.

    Attributes:
        module: where it stands, beside this one.
        maker: what makes it for a workload.
        package: what has to be installed for it.
        is_same: whether it trains the same network, so that its losses can be compared.
    """

    module: str
    maker: str
    package: str
    is_same: bool = True

    def make(self, work: Workload) -> Trainer:
        """Make it for a workload."""
        made: Trainer = getattr(import_module(f"peers.{self.module}"), self.maker)(work)
        return made


OURS, PRODUCTS = "backprop", "products"
PEERS = {
    "NumPy": Known("tutorial", "tutorial", "numpy"),
    "PyTorch": Known("with_torch", "eager", "torch"),
    "JAX step": Known("with_jax", "by_step", "jax"),
    "JAX scan": Known("with_jax", "by_epoch", "jax"),
    "scikit-learn": Known("with_sklearn", "perceptron", "scikit-learn", is_same=False),
}
TRAINERS = {
    OURS: Known("ours", "ours", "numpy"),
    **PEERS,
    PRODUCTS: Known("products", "products", "numpy", is_same=False),
}
