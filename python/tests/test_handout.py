"""The handout's functions: its own numbers, those of an independent program, and centred differences."""

import json

import numpy as np
import pytest
from conftest import PROJECT, SAMPLE
from rankone import handout, read_csv

GOLDEN = PROJECT / "tests" / "golden"


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text())


def data_file(name):
    beside = GOLDEN / name
    return beside if beside.is_file() else SAMPLE / name


def test_the_handouts_single_examples():
    expected = golden("single-example")
    d, m, k = expected["hidden"], expected["inputs"], expected["classes"]
    for y, inputs in ((9, [1, 2, 3, 4, 5]), (2, [0] * 5)):
        for name, low in (("half", 0.5), ("ramp", 0.0)):
            alpha, beta = (np.linspace(low, 1 - low, r * c).reshape(r, c) for r, c in ((d, m + 1), (k, d + 1)))
            alpha[:, 0] = beta[:, 0] = 0.0
            J = handout.nn_forward([1.0, *inputs], y, alpha, beta)[-1]
            assert pytest.approx(expected[f"{name}_y{y}"], abs=1e-12) == J


@pytest.mark.parametrize("name", ["zero-hidden4", "zero-hidden20", "random-hidden50", "numpy-hidden20", "numpy-zero"])
def test_runs_are_those_of_an_independent_program(name):
    known = golden(name)
    assert known["seed"] == 0
    reader = {"classes": known["classes"]}
    train, validation = (read_csv(data_file(known[key]), **reader) for key in ("train", "validation"))
    found = handout.train_and_test(
        train.X,
        train.y,
        validation.X,
        validation.y,
        known["epochs"],
        known["hidden"],
        known["init"] != "zero",
        known["learning_rate"],
        edition="10-301" if name.startswith("numpy") else "10-315",
    )
    loss_train, loss_validation, error_train, error_validation, labels_train, labels_validation = found
    np.testing.assert_allclose(loss_train, known["train_cross_entropy"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(loss_validation, known["validation_cross_entropy"], rtol=0, atol=1e-9)
    assert (error_train, error_validation) == (known["train_error"], known["validation_error"])
    assert labels_train.tolist() == known["train_labels"]
    assert labels_validation.tolist() == known["validation_labels"]


def network(seed=0, inputs=5, hidden=4, classes=3):
    random = np.random.default_rng(seed)
    x = np.concatenate([[1.0], random.uniform(0, 1, inputs)]).reshape(-1, 1)
    return x, random.uniform(-1, 1, (hidden, inputs + 1)), random.uniform(-1, 1, (classes, hidden + 1))


@pytest.mark.parametrize("y", [0, 1, 2])
def test_the_numbers_of_an_example_are_those_of_numpy(y):
    x, alpha, beta = network(y)
    _, a, z, b, y_hat, J = handout.nn_forward(x, y, alpha, beta)
    assert [v.shape for v in (a, z, b, y_hat)] == [(4, 1), (5, 1), (3, 1), (3, 1)]
    assert isinstance(J, float)
    np.testing.assert_allclose(a, alpha @ x, atol=1e-14)
    np.testing.assert_allclose(z, np.vstack([[[1.0]], 1 / (1 + np.exp(-a))]), atol=1e-14)
    np.testing.assert_allclose(b, beta @ z, atol=1e-14)
    np.testing.assert_allclose(y_hat, np.exp(b) / np.exp(b).sum(), atol=1e-14)
    assert pytest.approx(-np.log(y_hat[y, 0]), abs=1e-14) == J


def test_gradients_are_centred_differences():
    x, alpha, beta = network(7)
    forward = handout.nn_forward(x, 1, alpha, beta)
    g_alpha, g_beta, g_b, g_z, g_a = handout.nn_backward(x, 1, alpha, beta, *forward[1:])
    assert [g.shape for g in (g_b, g_z, g_a)] == [(3, 1), (4, 1), (4, 1)]

    def loss(**changed):
        return handout.nn_forward(x, 1, changed.get("alpha", alpha), changed.get("beta", beta))[-1]

    for gradient, numeric in (
        (g_alpha, handout.finite_difference(lambda alpha: loss(alpha=alpha), alpha)),
        (g_beta, handout.finite_difference(lambda beta: loss(beta=beta), beta)),
    ):
        np.testing.assert_allclose(gradient, numeric, atol=1e-9)


def test_modules_chained_are_the_whole():
    x, alpha, beta = network(3)
    _, a, z, b, y_hat, J = handout.nn_forward(x, 2, alpha, beta)
    hot = np.array([[0.0], [0.0], [1.0]])
    assert np.array_equal(handout.linearForward(x, alpha), a)
    assert np.array_equal(handout.sigmoidForward(a), z[1:])
    assert np.array_equal(handout.softmaxForward(handout.linearForward(z, beta)), y_hat)
    assert handout.crossEntropyForward(hot, y_hat) == J
    g_b = handout.softmaxBackward(hot, y_hat)
    g_beta, g_z = handout.linearBackward(z, beta, g_b)
    g_a = handout.sigmoidBackward(z, g_z)
    g_alpha, _ = handout.linearBackward(x, alpha, g_a)
    for whole in (
        handout.nn_backward(x, hot, alpha, beta, a, z, b, y_hat, J),
        handout.NNBackward(x, hot, alpha, beta, z, y_hat),
        handout.NNBackward(x, 2, alpha, beta, a, z, b, y_hat, J),
    ):
        assert all(np.array_equal(*pair) for pair in zip(whole, (g_alpha, g_beta, g_b, g_z, g_a), strict=True))
    np.testing.assert_allclose(handout.softmax_backward(2, y_hat), y_hat - hot, atol=1e-15)
    np.testing.assert_allclose(handout.cross_entropy_backward(2, y_hat), -hot / y_hat, atol=1e-15)


def test_vectors_of_one_dimension_give_vectors_of_one_dimension():
    x, alpha, beta = network(4)
    columns = handout.nn_forward(x, 1, alpha, beta)
    flat = handout.nn_forward(x.ravel(), 1, alpha, beta)
    assert all(np.array_equal(c.ravel(), f) for c, f in zip(columns[:-1], flat[:-1], strict=True))
    assert all(f.ndim == 1 for f in flat[:-1])
    g_columns = handout.nn_backward(x, 1, alpha, beta, *columns[1:])
    g_flat = handout.nn_backward(x.ravel(), 1, alpha, beta, *flat[1:])
    assert all(g.ndim == 1 for g in g_flat[2:])
    assert all(np.array_equal(c.reshape(f.shape), f) for c, f in zip(g_columns, g_flat, strict=True))


def test_nothing_overflows():
    assert handout.softmax_forward([1000.0, 0.0, -1000.0])[0] == 1.0
    assert handout.sigmoid_forward([1000.0, 0.0, -1000.0]).tolist() == [1.0, 0.5, 0.0]
    assert np.isfinite(handout.cross_entropy_forward(2, handout.softmax_forward([1000.0, 0.0, -1000.0])))


def test_numpys_own_numbers_and_its_state_is_left_alone():
    np.random.seed(123)  # noqa: NPY002
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    X, y = np.arange(20).reshape(10, 2), np.arange(10)
    shuffled_X, shuffled_y = handout.shuffle(X, y, 4)
    weights = handout.random_init((3, 4))
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002
    np.random.seed(4)  # noqa: NPY002
    order = np.random.permutation(10)  # noqa: NPY002
    assert np.array_equal(shuffled_X, X[order])
    assert np.array_equal(shuffled_y, y[order])
    np.random.seed(12)  # noqa: NPY002
    drawn = np.random.uniform(-0.1, 0.1, (3, 4))  # noqa: NPY002
    drawn[:, 0] = 0
    assert np.array_equal(weights, drawn)
    assert np.array_equal(handout.zero_init((2, 3)), np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda x, alpha, beta: handout.nn_forward(x[1:], 0, alpha, beta), "x: found 5 numbers, expected 1 and 5"),
        (lambda x, alpha, beta: handout.nn_forward(2 * x, 0, alpha, beta), "x: found 2 in front"),
        (lambda x, alpha, beta: handout.nn_forward(x, 3, alpha, beta), "label: found 3, expected below the 3"),
        (lambda x, alpha, beta: handout.nn_forward(x, [[0], [2], [0]], alpha, beta), "a label or a one-hot vector"),
        (lambda x, alpha, beta: handout.nn_forward(x, [0, 1], alpha, beta), "y: found 2 numbers, expected 3"),
        (lambda x, alpha, beta: handout.nn_forward(x, -1, alpha, beta), "y: found -1, expected a whole number"),
        (lambda x, alpha, _: handout.nn_forward(x, 0, alpha, 3.0), "beta: found shape"),
        (lambda x, alpha, beta: handout.nn_forward(x, 0, alpha, beta.T), "shapes of alpha and beta"),
        (lambda x, alpha, _: handout.linear_forward(x, alpha[:, 1:]), "prev: found 6 numbers, expected 5"),
        (lambda x, alpha, _: handout.linear_backward(x, alpha, [[1.0]]), "grad_curr: found 1 numbers, expected 4"),
        (lambda x, _, __: handout.sigmoid_backward(x, x[3:]), "curr: found 6 numbers, expected 3, or one more"),
        (lambda x, _, __: handout.softmax_forward(x.T), "expected a vector"),
        (lambda _, __, ___: handout.softmax_forward([]), "b: found 0 numbers"),
        (lambda x, _, __: handout.train_and_test(x, [0] * 6, x, [0] * 6, 1, 1, 5, 0.1), "init_rand: found 5"),
        (
            lambda x, _, __: handout.train_and_test(x, [0] * 6, x, [0] * 6, 1, 1, 1, 0.1, edition="x"),
            "edition: found 'x'",
        ),
    ],
)
def test_wrong_arguments_are_told_in_words(wrong, words):
    with pytest.raises(ValueError, match=words):
        wrong(*network())


def test_a_skeletons_backward_takes_its_arguments_by_name():
    x, alpha, beta = network()
    _, a, z, b, y_hat, J = handout.nn_forward(x, 1, alpha, beta)
    expected = handout.nn_backward(x, 1, alpha, beta, a, z, b, y_hat, J)
    for rest, named in (((z, y_hat), {}), ((), {"y_hat": y_hat, "z": z}), ((a, z, b, y_hat, J), {})):
        found = handout.NNBackward(x, 1, alpha, beta, *rest, **named)
        assert all(np.array_equal(f, e) for f, e in zip(found, expected, strict=True))
    for rest, named in (((z,), {}), ((), {"z": z, "y_hat": y_hat, "w": 0})):
        with pytest.raises(TypeError, match="NNBackward takes z, y_hat"):
            handout.NNBackward(x, 1, alpha, beta, *rest, **named)
