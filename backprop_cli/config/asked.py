"""Metrics that are asked for beside a config, as `--metric` takes them."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import TypeAdapter, ValidationError

from backprop_cli.config.problems import explain
from backprop_cli.documents.source import Source
from backprop_cli.documents.tree import Document, Node
from backprop_cli.documents.yaml_reader import compose
from backprop_cli.errors import ConfigError, UsageError
from backprop_cli.rules.metrics import AnyMetric, Metric

_SECTION = "metrics"


def metrics_asked(texts: Sequence[str], outputs: int) -> tuple[Metric, ...]:
    """Read metrics as `metrics:` of a config takes them, each a text of its own.

    Args:
        texts: a name each, or a mapping with settings, in YAML.
        outputs: of the network that they are for.

    Raises:
        UsageError: one is no metric, or cannot be counted for so many outputs.
    """
    return tuple(_metric(text, outputs) for text in texts)


def _metric(text: str, outputs: int) -> Metric:
    flag = f"--metric {text}"
    try:
        node = compose(text, Source("", tuple(text.splitlines()), flag)) or Node(None, 1, 1, "", origin=flag)
    except ConfigError as error:
        raise UsageError(str(error)) from error
    if isinstance(node.value, str):
        node = replace(node, value={"name": node}, text=None, quoted=False)
    document = Document("", Node({_SECTION: node}, 1, 1, origin=flag), ())
    try:
        metric: Metric = TypeAdapter(AnyMetric).validate_python(document.plain()[_SECTION])  # type: ignore[index]  # a mapping
    except ValidationError as error:
        details = [{**one, "loc": (_SECTION, *one["loc"])} for one in error.errors()]
        raise UsageError("\n".join(map(str, explain(document, details)))) from error  # type: ignore[arg-type]  # only longer
    flaw = metric.misfit(outputs)
    if flaw:
        raise UsageError(f"{flag}: {flaw}")
    return metric
