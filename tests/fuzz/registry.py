"""Every reader that is fuzzed; a new one is added here."""

import answer_targets
import config_targets
from answer_targets import Answers
from array_targets import Idx, IdxGz, Npy, Npz
from saved_targets import Checkpoints, Models
from table_targets import Polars, Table, Unnamed
from targets import Target

_ALL: tuple[Target, ...] = (
    config_targets.ConfigText(),
    config_targets.ConfigValues(),
    config_targets.ConfigSchema(),
    Answers("yaml", answer_targets.YAML, answer_targets.IN_YAML),
    Answers("json", answer_targets.JSON, answer_targets.IN_JSON),
    Answers("csv", answer_targets.TABLE, answer_targets.IN_TABLE),
    Answers("", answer_targets.YAML + answer_targets.JSON + answer_targets.TABLE, answer_targets.IN_YAML),
    Table("csv", ","),
    Table("tsv", "\t"),
    Npy(),
    Npz(),
    Idx(),
    IdxGz(),
    Unnamed(),
    Polars("parquet", "write_parquet"),
    Polars("arrow", "write_ipc"),
    Polars("jsonl", "write_ndjson"),
    Checkpoints(),
    Models(),
)
TARGETS = {target.name: target for target in _ALL}
