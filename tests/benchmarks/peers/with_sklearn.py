"""Training by scikit-learn's multi-layer perceptron."""

import warnings
from collections.abc import Iterator
from typing import Any

from peers.workloads import BETA, Array, Trainer, Workload
from sklearn.neural_network import MLPClassifier, MLPRegressor


def perceptron(work: Workload) -> Trainer:
    """Train with its own starting weights, and its own losses and last layer.

    Its fit cannot be halted where it is ready to train, so that is timed whole: it checks the data and draws weights.
    """
    kind: Any = MLPRegressor if work.loss == "half_sse" else MLPClassifier
    settings: dict[str, Any] = {
        "hidden_layer_sizes": work.widths[1:-1],
        "activation": {"sigmoid": "logistic", "relu": "relu"}[work.activations[0]],
        "solver": "adam" if work.optimizer == "adam" else "sgd",
        "learning_rate_init": min(work.rate, 0.1),
        "batch_size": work.batch,
        "momentum": BETA if work.optimizer == "momentum" else 0.0,
        "tol": 0.0,
        "n_iter_no_change": 10**9,
        "alpha": 0.0,
    }
    x, targets = work.x, _targets(work)

    def run(epochs: int, shuffle: bool) -> Iterator[float | None]:
        model = kind(max_iter=epochs, shuffle=shuffle, **settings)
        yield None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(x, targets)
        yield from (float(loss) for loss in model.loss_curve_)

    return run


def _targets(work: Workload) -> Array:
    """Give targets as scikit-learn wants them: classes by number, and a single output without a second axis."""
    if work.loss == "cross_entropy":
        return work.y.argmax(axis=1)
    return work.y[:, 0] if work.y.shape[1] == 1 else work.y
