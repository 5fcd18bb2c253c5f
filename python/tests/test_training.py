"""What may be set of a training: orders, rates, starts, states, callbacks."""

import numpy as np
import pytest
from rankone import Network, Trainer
from shared import X, Y, assert_same_network, fit, refuses


def parameters(outcome):
    return outcome.network.alpha, outcome.network.beta


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(parameters(one), parameters(other), strict=True))


def trained(letters, **options):
    return Trainer(**{"hidden_units": 8, "epochs": 4, **options}).fit(*letters)


def test_an_order_may_be_an_array_or_a_function(letters):
    n = len(letters[0])
    plain = trained(letters)
    assert same(plain, trained(letters, order=np.arange(n)))
    assert same(plain, trained(letters, order=lambda _: range(n)))
    backwards = trained(letters, order=np.arange(n)[::-1])
    assert not same(plain, backwards)
    epochs = []

    def order(epoch):
        epochs.append(epoch)
        return np.random.RandomState(epoch).permutation(n)

    assert same(trained(letters, order="numpy"), trained(letters, order=order))
    assert sorted(set(epochs)) == [0, 1, 2, 3]


def test_a_schedule_may_be_a_function(letters):
    rates = {}
    found = trained(letters, schedule=lambda e: rates.setdefault(e, 0.01 / (1 + e / 3)))
    assert same(found, trained(letters, schedule="inverse:3"))
    assert [epoch.learning_rate for epoch in found.history] == [rates[e] for e in range(4)]


def test_it_starts_from_given_parameters(letters):
    half = trained(letters, epochs=2)
    for start in (half.network, parameters(half), tuple(p.tolist() for p in parameters(half))):
        assert same(trained(letters), trained(letters, epochs=2, start=start))
    with pytest.raises(ValueError, match="M, D, K of the network to start from"):
        trained(letters, start=Network(np.zeros((8, 3)), np.zeros((10, 9))))


def test_it_goes_on_from_a_state(letters, tmp_path):
    state = tmp_path / "state.safetensors"
    trained(letters, epochs=2, checkpoint=state)
    found = trained(letters, resume=state)
    assert same(trained(letters), found)
    assert [epoch.epoch for epoch in found.history] == [1, 2, 3, 4]
    with pytest.raises(ValueError, match="settings"):
        trained(letters, resume=state, learning_rate=0.5)
    with pytest.raises(FileNotFoundError):
        trained(letters, resume=tmp_path / "none")
    stopped = trained(letters, epochs=50, checkpoint=state, on_epoch=lambda epoch: epoch.epoch == 3)
    assert (stopped.ending, len(stopped.history)) == ("stopped", 3)
    assert same(trained(letters, epochs=50), trained(letters, epochs=50, resume=state))


def test_a_state_knows_an_order_and_a_schedule_of_ones_own(tmp_path):
    path = tmp_path / "state.safetensors"
    backwards, forwards = np.arange(12)[::-1], np.arange(12)
    fit(epochs=2, order=backwards, schedule=lambda _: 0.1, checkpoint=path)
    again = {"epochs": 4, "resume": path, "schedule": lambda _: 0.1}
    expected = fit(epochs=4, order=backwards, schedule=lambda _: 0.1)
    assert_same_network(fit(**again, order=backwards).network, expected.network)
    for others in ({}, {"order": forwards}, {"order": backwards, "schedule": "constant"}):
        refuses(ValueError, "order and schedule: found", fit, **{**again, **others})


def test_representations_and_a_picture():
    pyplot = pytest.importorskip("matplotlib.pyplot", reason="pictures need matplotlib")
    assert repr(Trainer()) == "Trainer()"
    assert repr(Trainer(epochs=7, init="zero", keep="best")) == "Trainer(epochs=7, init='zero', keep='best')"
    outcome = fit(validation=(X, Y))
    axes = outcome.plot_loss()
    assert [line.get_label() for line in axes.lines] == ["training", "validation"]
    assert axes.lines[1].get_ydata().tolist() == [epoch.validation_cross_entropy for epoch in outcome.history]
    assert outcome.plot_loss(axes) is axes
    pyplot.close()


def test_a_callback_sees_each_epoch_and_may_stop(letters):
    seen = []
    outcome = trained(letters, epochs=9, on_epoch=lambda epoch: seen.append(epoch) or epoch.epoch == 5)
    assert [epoch.epoch for epoch in seen] == [1, 2, 3, 4, 5]
    assert [e.train_cross_entropy for e in seen] == [e.train_cross_entropy for e in outcome.history]
    assert outcome.ending == "stopped"
    assert trained(letters).ending == "done"
    patient = trained(letters, epochs=500, learning_rate=0.5, patience=3)
    assert patient.ending == "out of patience"
    losses = [epoch.validation_cross_entropy for epoch in patient.history]
    assert patient.kept_epoch == 1 + int(np.argmin(losses)) == len(losses) - 3


def test_each_number_of_an_example(letters):
    network = trained(letters).network
    example = network.example(letters[0].X[0], int(letters[0].y[0]))
    assert example["g_alpha"].shape == network.alpha.shape
    assert example["g_beta"].shape == network.beta.shape
    np.testing.assert_allclose(example["y_hat"], network.predict_proba(letters[0].X[:1])[0], atol=1e-14)
    for words in (repr(network), repr(letters[0])):
        assert "10 classes" in words
    assert "after epoch 4" in repr(trained(letters))
