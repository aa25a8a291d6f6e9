"""The kinds of number agree with each other on every formula, and know where a derivative off the real line is."""

import math
import sys
from typing import Any

import numpy as np
import pytest

from backprop_cli.errors import MissingExtra
from backprop_cli.oracles.domains import COMPLEX, FLOATS, evaluate, exact, is_analytic
from backprop_cli.oracles.formulas import activation_terms
from backprop_cli.rules.activations import Activation, Pointwise
from backprop_cli.rules.activations.gelu import Gelu
from backprop_cli.rules.base import members

Z = np.array([[-2.5, -0.3, 0.4], [1.1, 3.0, -0.7]])
ACTIVATIONS = [*(rule() for rule in members(Activation).values()), Gelu(approximate="tanh")]

every_activation = pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda rule: rule.title)


def by(domain: Any, activation: Activation, z: Any) -> Any:
    terms = activation_terms(activation, len(z))
    if isinstance(activation, Pointwise):
        return evaluate(domain, terms, lambda _: z)[0]
    return np.stack(evaluate(domain, terms, lambda row: z[row]))


@every_activation
def test_floats_give_what_the_rule_gives(activation: Activation) -> None:
    direct = activation.formula(Z) if isinstance(activation, Pointwise) else activation.formula(list(Z))

    np.testing.assert_allclose(by(FLOATS, activation, Z), np.stack(direct), rtol=1e-15)


@every_activation
def test_fifty_digits_begin_with_those_of_a_float(activation: Activation) -> None:
    pytest.importorskip("mpmath", reason="mpmath is not installed: pip install '.[oracles]'")
    domain = exact(50)
    precise = by(domain, activation, np.frompyfunc(domain.number, 1, 1)(Z))

    np.testing.assert_allclose(precise.astype(float), by(FLOATS, activation, Z), rtol=1e-14, atol=1e-15)


@every_activation
def test_what_is_analytic_has_a_complex_step_that_is_its_slope(activation: Activation) -> None:
    if not is_analytic(activation_terms(activation, 2)) or not isinstance(activation, Pointwise):
        pytest.skip("its formula has branches, or couples neurons")
    stepped = by(COMPLEX, activation, Z + 1e-20j)

    np.testing.assert_allclose(stepped.imag / 1e-20, activation.slope(Z, activation.formula(Z)), rtol=1e-12)


def test_analytic_is_what_has_no_branches_and_no_corners() -> None:
    analytic = {rule.title for rule in ACTIVATIONS if is_analytic(activation_terms(rule, 2))}
    smooth = {"identity", "sigmoid", "bipolar_sigmoid", "tanh", "gelu", "gelu(approximate=tanh)", "silu", "softplus"}

    assert analytic == {*smooth, "softmax"}


def test_the_precision_of_others_is_left_alone() -> None:
    mpmath = pytest.importorskip("mpmath", reason="mpmath is not installed: pip install '.[oracles]'")
    before = mpmath.mp.dps
    domain = exact(300)

    assert mpmath.mp.dps == before
    assert abs(domain.actions["exp"](domain.number(1.0)) - domain.number(math.e)) > 1e-17


def test_without_mpmath_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mpmath", None)

    with pytest.raises(MissingExtra, match=r"^this needs mpmath: pip install 'backprop-cli\[oracles\]'$"):
        exact(33)
