"""A run in a folder: cut anywhere and gone on with, it leaves the same bytes; nothing is ever overwritten unasked."""

import fcntl
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from backprop_cli.config.loader import Setup, load
from backprop_cli.errors import ConfigError, DataError, Interrupted, StorageError
from backprop_cli.training.checkpoint import Checkpoint, Stored
from backprop_cli.training.circumstances import circumstances
from backprop_cli.training.events import EpochDone, Event, RunStarted, RunStopped, StepDone
from backprop_cli.training.folder import FILES
from backprop_cli.training.loop import train
from backprop_cli.training.model import Model, opened
from backprop_cli.training.recording import record, require_same, resume, setup_in

CONFIGS = Path(__file__).parents[2] / "configs"


def each_step() -> Callable[[], int | None]:
    """Ask for the end after one step."""
    return lambda: signal.SIGINT


def after(steps: int) -> Callable[[], int | None]:
    """Ask for the end after some looks at the clock, which are at least as many as steps."""
    left = iter(range(steps))
    return lambda: None if next(left, None) is not None else signal.SIGTERM


def gone_on_with(out: Path, asked: Callable[[], Callable[[], int | None]]) -> list[Event]:
    """Go on with a run, and be interrupted, until it is over."""
    for _ in range(1000):
        try:
            return list(resume(setup_in(out), out, (), asked()))
        except Interrupted:
            continue
    raise AssertionError("it never ends")


def contents(out: Path) -> dict[str, Any]:
    """Give all that a folder holds; what no two runs share is left out."""
    found: dict[str, Any] = {path.name: path.read_bytes() for path in sorted(out.iterdir())}
    run = json.loads(found.pop("run.json"))
    if run["outcome"] == "diverged":
        # The last one before the trouble; when that was, is a matter of time.
        found.pop("checkpoint", None)
    return {**found, "times": set(run.pop("times")), "run.json": run}


def timeless(events: list[Event]) -> list[Event]:
    return [_timeless(event) for event in events]


def _timeless(event: Any) -> Any:
    if isinstance(event, EpochDone):
        return event._replace(seconds=0.0)
    return replace(event, seconds=0.0) if isinstance(event, RunStopped) else event


@pytest.mark.parametrize("asked", [each_step, lambda: after(3), lambda: after(7)], ids=["1", "3", "7"])
def test_a_run_that_is_cut_anywhere_leaves_the_same_bytes(
    setup: Setup, tmp_path: Path, asked: Callable[[], Callable[[], int | None]]
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    told = list(record(setup, whole, ()))
    with suppress(Interrupted):
        list(record(setup, cut, (), asked()))
    started, *rest = gone_on_with(cut, asked)

    assert contents(cut) == contents(whole)
    assert isinstance(started, RunStarted)
    assert timeless([*started.past, *rest]) == timeless(told[1:])
    assert {path.name for path in cut.iterdir()} | {"checkpoint"} == set(FILES)


def test_a_run_in_a_folder_tells_what_one_in_memory_tells(setup: Setup, tmp_path: Path) -> None:
    assert timeless(list(record(setup, tmp_path / "run", ()))) == timeless(list(train(setup, ())))


def test_a_run_that_is_over_ends_once_more_as_it_did(setup: Setup, tmp_path: Path) -> None:
    out = tmp_path / "run"
    told = list(record(setup, out, ()))
    before = contents(out)
    (out / "model.safetensors").unlink()
    started, *rest = resume(setup_in(out), out, ())

    assert contents(out) == before
    assert isinstance(started, RunStarted)
    assert timeless([*started.past, *rest]) == timeless(told[1:])


def test_who_wants_no_more_events_loses_nothing(plain: Setup, tmp_path: Path) -> None:
    whole, left = tmp_path / "whole", tmp_path / "left"
    list(record(plain, whole, ()))
    events = record(plain, left, ())
    for _ in range(3):
        next(events)
    events.close()  # type: ignore[attr-defined]

    assert json.loads((left / "run.json").read_text())["outcome"] == "interrupted"
    list(resume(setup_in(left), left, ()))
    assert contents(left) == contents(whole)


def test_the_folder_is_read_by_whatever_reads_such_files(plain: Setup, tmp_path: Path) -> None:
    out = tmp_path / "run"
    *_, stopped = record(plain, out, ())
    assert isinstance(stopped, RunStopped)

    table = np.genfromtxt(out / "history.csv", delimiter=",", names=True)
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    assert [line["training.loss"] for line in lines] == table["trainingloss"].tolist()
    assert [line["epoch"] for line in lines] == table["epoch"].tolist() == [1, 2, 3, 4]

    tensors = load_file(out / "model.safetensors")
    assert {name: array.shape for name, array in tensors.items()} == {
        "w1": (3, 2),
        "b1": (3,),
        "w2": (1, 3),
        "b2": (1,),
    }
    numbers = [*tensors["w1"].ravel(), *tensors["b1"], *tensors["w2"].ravel(), *tensors["b2"]]
    assert numbers == list(stopped.parameters.values())

    again = load(out / "config.yaml")
    assert again.experiment == setup_in(out).experiment
    run = json.loads((out / "run.json").read_text())
    assert (run["outcome"], run["done"], run["final"]["loss"]) == (
        "finished",
        {"steps": 8, "epochs": 4},
        stopped.final.loss,
    )


@pytest.mark.parametrize("config", ["iris", "two-neurons", "mazur", "two-in-a-layer", "one-neuron", "xor"])
def test_a_model_is_read_back_to_the_last_bit(config: str, tmp_path: Path) -> None:
    given = load(CONFIGS / f"{config}.yaml", ["training.epochs=null", "training.steps=2"])
    list(record(given, tmp_path / "run", ()))
    found = Model.read(tmp_path / "run" / "model.safetensors")
    found.write(tmp_path / "again")

    assert (tmp_path / "again").read_bytes() == (tmp_path / "run" / "model.safetensors").read_bytes()
    assert found.experiment == setup_in(tmp_path / "run").experiment
    assert found.preparation.description() == given.dataset.preparation.description()


def test_a_model_opens_from_its_file_and_from_its_folder(plain: Setup, tmp_path: Path) -> None:
    out = tmp_path / "run"
    list(record(plain, out, ()))

    for path in (out, out / "model.safetensors"):
        assert opened(path).network.theta.tobytes() == Model.read(out / "model.safetensors").network.theta.tobytes()


def test_a_model_that_is_not_there_is_said_to_be_missing(plain: Setup, tmp_path: Path) -> None:
    out, empty = tmp_path / "run", tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(Interrupted):
        list(record(plain, out, (), each_step()))

    for path, message in {
        out: f"{out}: its run is not over, so it has no model yet; go on with: backprop train --resume --out {out}",
        empty: f"{empty} holds no run; start one: backprop train CONFIG --out {empty}",
        tmp_path / "none": f"{tmp_path / 'none'}: there is no such file; check the name and the folder",
    }.items():
        with pytest.raises(StorageError) as caught:
            opened(path)
        assert str(caught.value) == message


def iris_in(folder: Path) -> Setup:
    """Give iris with a copy of its data beside it."""
    (folder / "iris.csv").write_bytes((CONFIGS / "data" / "iris.csv").read_bytes())
    text = (CONFIGS / "iris.yaml").read_text(encoding="utf-8").replace("data/iris.csv", "iris.csv")
    (folder / "iris.yaml").write_text(text, encoding="utf-8")
    return load(folder / "iris.yaml", ["training.epochs=3"])


def started(folder: Path) -> Path:
    """Begin a run and cut it short."""
    out = folder / "runs" / "iris"
    with pytest.raises(Interrupted) as caught:
        list(record(iris_in(folder), out, (), each_step()))
    assert str(caught.value) == (f"interrupted after step 1 of 24; go on with: backprop train --resume --out {out}")
    assert caught.value.exit_code == 130
    return out


def test_a_run_moves_with_its_data(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    whole = tmp_path / "here" / "runs" / "whole"
    list(record(iris_in(tmp_path / "here"), whole, ()))
    started(tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    out = tmp_path / "there" / "runs" / "iris"
    list(resume(setup_in(out), out, ()))

    assert contents(out) == contents(tmp_path / "there" / "runs" / "whole")


def refused(error: type[Exception], act: Callable[[], Iterator[Event] | None]) -> str:
    with pytest.raises(error) as caught:
        list(act() or ())
    return str(caught.value)


def test_a_config_that_has_changed_is_refused(tmp_path: Path) -> None:
    out = started(tmp_path)
    text = (out / "config.yaml").read_text()
    (out / "config.yaml").write_text(text.replace("epochs: 3", "epochs: 4").replace("batch_size: 16", "batch_size: 8"))
    assert refused(ConfigError, lambda: resume(setup_in(out), out)) == (
        f"{out}/config.yaml: the config is not as it was when the run began: training.epochs is 4, was 3; "
        "training.batch_size is 8, was 16; put it back, or start another run"
    )


def test_data_that_have_changed_are_refused(tmp_path: Path) -> None:
    out = started(tmp_path)
    text = (tmp_path / "iris.csv").read_text()
    (tmp_path / "iris.csv").write_text(text.replace("5.1", "5.2", 1))
    assert refused(DataError, lambda: resume(setup_in(out), out)) == (
        f"{out}/../../iris.csv: this file is not as it was when the run began; put it back, or start another run"
    )


def test_another_config_is_refused(tmp_path: Path) -> None:
    out = started(tmp_path)
    other = load(tmp_path / "iris.yaml", ["training.epochs=3", "optimizer.learning_rate=0.5"])
    require_same(out, setup_in(out), load(tmp_path / "iris.yaml", ["training.epochs=3"]))
    assert refused(ConfigError, lambda: require_same(out, setup_in(out), other)) == (
        f"{tmp_path}/iris.yaml: the run in {out} is of another config: optimizer.learning_rate is 0.5, was 0.02; "
        "leave that as it was, or choose another folder"
    )


def test_a_run_is_replaced_only_when_that_is_asked_for(plain: Setup, tmp_path: Path) -> None:
    out = tmp_path / "run"
    list(record(plain, out, ()))
    before = contents(out)
    (out / "notes.txt").write_text("mine")
    other = iris_in(tmp_path)
    assert refused(StorageError, lambda: record(other, out)) == (
        f"{out} holds a run; choose another folder, replace it with --force, or go on with it: "
        f"backprop train --resume --out {out}"
    )
    assert {**contents(out), "notes.txt": None} == {**before, "notes.txt": None}

    list(record(other, out, (), force=True))
    assert (out / "notes.txt").read_text() == "mine"
    assert json.loads((out / "run.json").read_text())["network"].startswith("4-8-3")


def test_a_folder_of_something_else_is_left_alone(plain: Setup, tmp_path: Path) -> None:
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter.tex").write_text("x")
    assert refused(StorageError, lambda: record(plain, out)) == (
        f"{out} is not empty: it holds 'chapter.tex'; choose another folder, or add --force"
    )
    assert sorted(path.name for path in out.iterdir()) == ["chapter.tex"]


def test_where_no_run_is_none_goes_on(tmp_path: Path) -> None:
    assert refused(StorageError, lambda: iter([setup_in(tmp_path / "none")])) == (
        f"{tmp_path / 'none'} is not there; start one: backprop train CONFIG --out {tmp_path / 'none'}"
    )
    (tmp_path / "empty").mkdir()
    assert refused(StorageError, lambda: iter([setup_in(tmp_path / "empty")])) == (
        f"{tmp_path / 'empty'} holds no run; start one: backprop train CONFIG --out {tmp_path / 'empty'}"
    )
    (tmp_path / "file").write_text("x")
    assert refused(StorageError, lambda: record(iris_in(tmp_path), tmp_path / "file")) == (
        f"{tmp_path / 'file'} is a file, not a folder; choose another name"
    )


def test_what_may_change_the_last_digits_is_told(tmp_path: Path) -> None:
    out = started(tmp_path)
    run = json.loads((out / "run.json").read_text())
    run["circumstances"] |= {
        "numpy": "1.0",
        "blas": [{"library": "mkl", "version": "1", "kernels": "k", "threads": 64}],
    }
    (out / "run.json").write_text(json.dumps(run))
    first, *_ = resume(setup_in(out), out)
    assert isinstance(first, RunStarted)
    numpy_notice, blas_notice = first.notices
    assert numpy_notice == f"numpy is {np.__version__}, was 1.0; the last digits may differ"
    assert blas_notice.endswith("before by mkl 1 (k, threads: 64); the last digits may differ")


@pytest.mark.parametrize(
    ("has_its_own", "told"), [(True, ["openblas of numpy"]), (False, ["mkl", "openblas of scipy"])]
)
def test_what_multiplies_matrices_is_what_numpy_brought_along(
    has_its_own: bool, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Path(np.__file__).parent.parent
    others = [
        {"user_api": "openmp", "internal_api": "openmp", "filepath": str(site / "numpy.libs" / "libgomp.so")},
        {"user_api": "blas", "internal_api": "mkl", "filepath": "/usr/lib/libmkl_rt.so"},
        {"user_api": "blas", "internal_api": "openblas of scipy", "filepath": str(site / "scipy.libs" / "libblas.so")},
    ]
    own = {"user_api": "blas", "internal_api": "openblas of numpy", "filepath": str(site / "numpy.libs" / "libblas.so")}
    monkeypatch.setattr(
        "backprop_cli.training.circumstances.threadpool_info", lambda: [*others, own] if has_its_own else others
    )

    assert [one["library"] for one in circumstances("1")["blas"]] == told


def test_a_folder_that_was_reached_by_a_link_has_paths_that_lead_back(tmp_path: Path) -> None:
    (tmp_path / "far" / "away").mkdir(parents=True)
    (tmp_path / "runs").symlink_to(tmp_path / "far" / "away", target_is_directory=True)
    list(record(iris_in(tmp_path), tmp_path / "runs" / "one", ()))
    assert setup_in(tmp_path / "runs" / "one").experiment.data.file == "../../../iris.csv"  # type: ignore[union-attr]


def test_who_looks_whether_a_lock_is_held_keeps_nobody_from_taking_it(plain: Setup, tmp_path: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    descriptor = os.open(out / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    threading.Timer(0.03, os.close, [descriptor]).start()
    assert list(record(plain, out, ()))


SPRINT = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh}
    - {units: 1, activation: sigmoid}
optimizer: momentum
metrics: []
training: {steps: 1000, checkpoint_every: 0.0001}
"""
SPRINTS = {
    "on floats": "data: {inputs: [[0.5, -1]], targets: [0.3]}",
    "on arrays": "data: {inputs: [[0.5, -1], [1, 2], [-3, 0.1]], targets: [0.3, 0.7, 0.1]}",
    "on arrays, with a rate that falls": (
        "data: {inputs: [[0.5, -1], [1, 2], [-3, 0.1]], targets: [0.3, 0.7, 0.1]}\nschedule: cosine"
    ),
}


@pytest.fixture(params=SPRINTS.values(), ids=SPRINTS)
def sprint(tmp_path: Path, request: pytest.FixtureRequest) -> Setup:
    """Give a run of many epochs of one step each, which are trained together."""
    (tmp_path / "sprint.yaml").write_text(SPRINT + request.param, encoding="utf-8")
    return load(tmp_path / "sprint.yaml")


@pytest.mark.parametrize("looks", [7, 10])
@pytest.mark.parametrize("trace", [(), (1, 2, 17, 900)], ids=["", "traced"])
def test_epochs_that_are_trained_together_are_all_in_the_history(
    sprint: Setup, tmp_path: Path, looks: int, trace: tuple[int, ...]
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    told = [event for event in record(sprint, whole, trace) if not isinstance(event, StepDone)]
    assert len(contents(whole)["history.csv"].splitlines()) == 1001
    with suppress(Interrupted):
        list(record(sprint, cut, trace, after(looks)))
    for _ in range(100):
        left = Stored.read(cut / "checkpoint").checkpoint(setup_in(cut))
        assert len(left.history) == left.position.epochs == left.position.steps
        try:
            started, *rest = resume(setup_in(cut), cut, trace, after(looks))
            break
        except Interrupted:
            continue

    assert contents(cut) == contents(whole)
    assert isinstance(started, RunStarted)
    assert timeless([*started.past, *(event for event in rest if not isinstance(event, StepDone))]) == timeless(
        told[1:]
    )


@pytest.mark.parametrize("events", [1, 2, 3, 7, 400])
def test_who_wants_no_more_of_what_is_trained_together_loses_nothing(
    sprint: Setup, tmp_path: Path, events: int
) -> None:
    whole, left = tmp_path / "whole", tmp_path / "left"
    list(record(sprint, whole, (2,)))
    begun = record(sprint, left, (2,))
    for _ in range(events):
        next(begun)
    begun.close()
    assert json.loads((left / "run.json").read_text())["outcome"] == "interrupted"
    list(resume(setup_in(left), left, (2,)))
    assert contents(left) == contents(whole)


def test_the_end_of_a_run_is_saved_once(sprint: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    write = Checkpoint.write
    monkeypatch.setattr(
        Checkpoint, "write", lambda self, *rest: (written.append(self.position.steps), write(self, *rest))[1]
    )
    list(record(sprint, tmp_path / "run", ()))
    assert written == sorted(set(written))
    assert written[-1] == 1000


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (("training.engine=scalar",), "training.engine: scalar does not fit here"),
        (("data.file=runs/old/history.csv", "data.targets=epoch"), "reads runs/old/history.csv, which this run would"),
    ],
)
def test_what_is_refused_removes_nothing(tmp_path: Path, settings: tuple[str, ...], message: str) -> None:
    iris_in(tmp_path)
    out = tmp_path / "runs" / "old"
    list(record(load(tmp_path / "iris.yaml", ["training.epochs=3"]), out, ()))
    before = contents(out)
    text = (tmp_path / "iris.yaml").read_text()
    if "file" in settings[0]:
        text = "network: {inputs: 7, layers: [{units: 1, activation: identity}]}\ndata: {file: x}\nloss: mse\n"
    (tmp_path / "other.yaml").write_text(text)
    with pytest.raises(ConfigError, match=message):
        list(record(load(tmp_path / "other.yaml", settings), out, (), force=True))
    assert contents(out) == before


def test_a_config_of_the_users_own_is_never_replaced(plain: Setup, tmp_path: Path) -> None:
    out = tmp_path / "project"
    out.mkdir()
    (out / "config.yaml").write_text("network: mine # with care\n")
    assert refused(StorageError, lambda: record(plain, out)) == (
        f"{out} is not empty: it holds 'config.yaml'; choose another folder, or add --force"
    )
    assert refused(StorageError, lambda: record(plain, out, force=True)) == (
        f"{out / 'config.yaml'} is of no run, and would be replaced; choose another folder"
    )
    assert refused(StorageError, lambda: iter([setup_in(out)])).startswith(f"{out} holds no run")


def test_data_that_change_between_reading_and_training_are_refused(tmp_path: Path) -> None:
    given = iris_in(tmp_path)
    text = (tmp_path / "iris.csv").read_text()
    (tmp_path / "iris.csv").write_text(text.replace("5.1", "5.25", 1))
    assert refused(DataError, lambda: record(given, tmp_path / "run")) == (
        f"{tmp_path / 'iris.csv'}: this file has changed since it was read; leave it alone while it is in use, "
        "and start again"
    )
