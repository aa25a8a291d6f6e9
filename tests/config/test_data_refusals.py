"""What is wrong with data is said with its file, row, column and text: places that no other table holds."""

from pathlib import Path

import numpy as np
import pytest

from backprop_cli.config.loader import load
from backprop_cli.errors import DataError

REFUSED = {
    "a column with a text of its own in each row": (
        "mse", 1, "{file: many.csv, targets: y}",
        "many.csv: column 'name' has 1,001 different texts; leave it out of inputs",
    ),
    "text beside another target": (
        "mse", 2, "{file: t.csv, inputs: x, targets: [y, kind]}",
        "t.csv: target column 'kind' is text; name it alone to use its classes",
    ),
    "a target that the loss cannot use, in a table": (
        "binary_cross_entropy", 1, "{file: t.csv, inputs: x, targets: y}",
        "t.csv:4: row 2, column 'y': target 3 is outside binary_cross_entropy's domain, 0 to 1",
    ),
    "targets that the loss cannot use, in an array": (
        "binary_cross_entropy", 1, "{file: t.npy, targets: 2}",
        "t.npy: row 2, column '2': target 3 is outside binary_cross_entropy's domain, 0 to 1 (and so are 1 more)",
    ),
    "targets that the loss cannot use, in a part of an archive": (
        "binary_cross_entropy", 2, "{file: t.npz, inputs: x, targets: y}",
        "t.npz: row 1: target 2 is outside binary_cross_entropy's domain, 0 to 1",
    ),
    "targets of a row that do not add up": (
        "cross_entropy", 2, "{file: t.npz, inputs: x, targets: [p, q]}",
        "t.npz: row 2: the targets of a sample must add up to 1 for cross_entropy; these add up to 0.75",
    ),
    "targets of a row of a table that do not add up": (
        "cross_entropy", 2, "{file: parts.csv, inputs: x, targets: [p, q]}",
        "parts.csv:3: row 2: the targets of a sample must add up to 1 for cross_entropy; these add up to 0.75",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("loss", "units", "data", "message"), REFUSED.values(), ids=REFUSED)
def test_data_is_refused_with_its_place(
    loss: str, units: int, data: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("many.csv").write_text("name,y\n" + "".join(f"n{number},0\n" for number in range(1001)))
    Path("t.csv").write_text("x,y,kind\n1,0,a\n\n2,3,b\n")
    Path("parts.csv").write_text("x,p,q\n1,0,1\n2,0.5,0.25\n")
    np.save("t.npy", np.array([[1.0, 0.0], [2.0, 3.0], [1.0, 4.0]]))
    np.savez("t.npz", x=[1.0, 2.0], y=[[0.5, 2.0], [0.0, 1.0]], p=[1.0, 0.5], q=[0.0, 0.25])
    last = f"{{units: {units}, activation: {'softmax' if loss == 'cross_entropy' else 'sigmoid'}}}"
    Path("c.yaml").write_text(f"network: {{inputs: 1, layers: [{last}]}}\nloss: {loss}\ndata: {data}\n")

    with pytest.raises(DataError) as caught:
        load("c.yaml")

    assert str(caught.value) == message
    assert caught.value.exit_code == 4
