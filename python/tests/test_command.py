"""The bits of Python's trainings are those of the command, and files go from one to the other."""

import json

import numpy as np
import pytest
from conftest import SAMPLE
from rankone import Network, Trainer, handout, read_csv

FILES = (SAMPLE / "smallTrain.csv", SAMPLE / "smallValidation.csv")
NAMES = {"float64": "f64", "float32": "f32"}


@pytest.mark.parametrize("precision", NAMES)
@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({}, ""),
        ({"init": "zero", "schedule": "cosine"}, "--init zero --schedule cosine"),
        ({"order": "shuffled", "seed": 7}, "--order shuffled --seed 7"),
        ({"order": "numpy", "init": "numpy", "hidden_units": 200}, "--order numpy --init numpy --hidden 200"),
        ({"keep": "best", "learning_rate": 0.5, "patience": 2}, "--keep best --learning-rate .5 --patience 2"),
        ({"engine": "reference"}, "--engine reference"),
    ],
)
def test_the_model_is_the_commands(command, tmp_path, precision, options, line):
    train = read_csv(FILES[0], precision=precision)
    validation = read_csv(FILES[1], like=train, precision=precision)
    options = {"hidden_units": 20, "epochs": 6, **options}
    outcome = Trainer(**options).fit(train, validation)
    hidden = "" if "--hidden" in line else "--hidden 20"
    command(
        f"train {FILES[0]} {FILES[1]} {hidden} --epochs 6 {line} --precision {NAMES[precision]} --quiet --out",
        tmp_path / "run",
    )
    network = Network.load(tmp_path / "run" / "model.safetensors")
    assert network.precision == outcome.network.precision == precision
    assert np.array_equal(network.alpha, outcome.network.alpha)
    assert np.array_equal(network.beta, outcome.network.beta)
    run = json.loads((tmp_path / "run" / "run.json").read_text())
    assert run["result"]["train_cross_entropy"] == outcome.train.cross_entropy
    assert run["result"]["validation_error"] == outcome.validation.error
    assert run["result"]["best_epoch"] == 1 + int(np.argmin([e.validation_cross_entropy for e in outcome.history]))


def test_the_classifier_is_the_command(command, tmp_path):
    classifier = pytest.importorskip("rankone._classifier").RankOneClassifier
    data = read_csv(FILES[0])
    found = classifier(epochs=5, order="shuffled", random_state=3, validation_fraction=0.2).fit(data.X, data.y)
    line = f"train {FILES[0]} --epochs 5 --order shuffled --seed 3 --validation-share .2 --quiet --out"
    command(line, tmp_path / "run")
    network = Network.load(tmp_path / "run" / "model.safetensors")
    assert np.array_equal(network.alpha, found.network_.alpha)
    history = np.genfromtxt(tmp_path / "run" / "history.csv", delimiter=",", names=True)
    assert found.validation_curve_ == pytest.approx(history["validation_cross_entropy"], abs=1e-15)


def test_the_handouts_command_line_is_the_handouts_function(command, tmp_path):
    train, validation = (read_csv(path, classes=10) for path in FILES)
    for edition in ("10-315", "10-301"):
        outputs = [tmp_path / name for name in ("train.labels", "validation.labels", "metrics.txt")]
        command(f"handout --edition {edition}", *FILES, *outputs, 3, 5, 1, 0.1)
        found = handout.train_and_test(train.X, train.y, validation.X, validation.y, 3, 5, True, 0.1, edition=edition)
        assert np.array_equal(found[4], np.loadtxt(outputs[0], dtype=int))
        assert np.array_equal(found[5], np.loadtxt(outputs[1], dtype=int))
        assert f"{found[0][2]}" in outputs[2].read_text()


def test_the_command_predicts_the_same_from_pythons_file(command, tmp_path):
    rows = ["petals,height,species"]
    random = np.random.default_rng(0)
    for species, middle in (("rose", 10.0), ("daisy", 30.0), ("tulip", 50.0)):
        rows += [f"{middle + random.normal():.3f},{100 - middle + random.normal():.3f},{species}" for _ in range(20)]
    table = tmp_path / "flowers.csv"
    table.write_text("\n".join(rows) + "\n")
    train, validation = read_csv(table, label="species", values="standardize", validation_share=0.25)
    assert train.input_names == ["petals", "height"]
    assert (len(train), len(validation)) == (45, 15)
    outcome = Trainer(learning_rate=0.1, epochs=200).fit(train, validation)
    assert outcome.validation.error == 0.0
    network = outcome.network
    assert network.classes.tolist() == ["daisy", "rose", "tulip"]
    assert network.predict([[10.0, 90.0], [50.0, 50.0]]).tolist() == ["rose", "tulip"]
    network.save(tmp_path / "model.safetensors")
    said = command("predict", tmp_path / "model.safetensors", table).stdout.split()
    raw = np.array([[float(field) for field in row.split(",")[:2]] for row in rows[1:]])
    assert network.predict(raw).tolist() == said
    assert Network.load(tmp_path / "model.safetensors").predict(raw).tolist() == said
    assert read_csv(table, like=network).classes.tolist() == network.classes.tolist()
