"""The whole config: an experiment."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from backprop_cli.config.data_section import AnyData
from backprop_cli.config.goals import Conditions
from backprop_cli.config.network import Network
from backprop_cli.config.sections import Figures, Report, Training
from backprop_cli.rules.base import Listed, Strictly
from backprop_cli.rules.losses import AnyLoss
from backprop_cli.rules.losses.half_sse import HalfSse
from backprop_cli.rules.metrics import AnyMetric
from backprop_cli.rules.optimizers import AnyOptimizer
from backprop_cli.rules.optimizers.sgd import Sgd
from backprop_cli.rules.schedules import AnySchedule
from backprop_cli.rules.schedules.constant import Constant


class Experiment(Strictly):
    """An experiment: a network, its data, and how it is trained and reported."""

    model_config = ConfigDict(title="backprop config")

    network: Annotated[Network, Field(description="the network")]
    data: Annotated[AnyData, Field(description="the samples")]
    loss: Annotated[AnyLoss, Field(description="what training makes small: a name, or a mapping with settings")] = (
        HalfSse.by_default()
    )
    optimizer: Annotated[
        AnyOptimizer, Field(description="how the parameters change: a name, or a mapping with settings")
    ] = Sgd.by_default()
    schedule: Annotated[AnySchedule, Field(description="how the learning rate changes")] = Constant.by_default()
    update_order: Annotated[
        Literal["simultaneous", "sequential"],
        Field(description="sequential: hidden errors go back through output weights that are already updated"),
    ] = "simultaneous"
    training: Annotated[Training, Field(description="how long and in which portions to train")] = Training.by_default()
    metrics: Annotated[
        Listed[AnyMetric] | None, Field(description="numbers to report beside the loss; by default as suits the loss")
    ] = None
    expect: Annotated[
        dict[str, Conditions],
        Field(
            description="what the run must reach: conditions as '<= 0.01', by name: final.loss, validation.accuracy, "
            "training.…, test.…, epochs, steps"
        ),
    ] = {}  # noqa: RUF012  pydantic copies it
    report: Annotated[Report, Field(description="what is shown, and with how many digits")] = Report.by_default()
    notation: Annotated[
        Literal["leaving", "entering", "zero_based"],
        Field(description="how layers are numbered in names of quantities"),
    ] = "leaving"
    names: Annotated[
        dict[str, str], Field(description="your own names for quantities, or for expressions over them")
    ] = {}  # noqa: RUF012  pydantic copies it
    figures: Annotated[
        Figures, Field(description="numbers that a source prints, in its order: name: figure, or with more keys")
    ] = ()

    def as_config(self) -> dict[str, Any]:
        """Give what a config would have to say to be read as this, every default included."""
        # With an order of samples, what else could say which samples a step trains on is refused where it is written.
        ruled_out = {"training": {"batch_size", "shuffle"}} if self.data.order else None
        return self.model_dump(mode="json", exclude_none=True, exclude=ruled_out)
