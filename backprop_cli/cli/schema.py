"""`backprop schema`: the JSON Schema of configs."""

import json

from backprop_cli.config.experiment import Experiment


def text() -> str:
    """Give the schema as a JSON document."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Experiment.model_json_schema()}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
