"""Networks and classifiers come back the same: from a pickle, a copy, a file, scikit-learn's clone and its workers."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest
import rankone
from rankone import Network, Trainer, read_csv
from shared import PRECISIONS, assert_same

GENERATOR = np.random.default_rng(0)
Y = np.repeat(np.arange(3), 20)
X = GENERATOR.standard_normal((60, 4)) + 2 * np.eye(3, 4)[Y]
NAMES = np.array(["ant", "bée", 'c"a, t'])[Y]

# A new process: it reads pickles, or models, and the examples, and writes what is predicted.
SCRIPT = """
import pathlib, pickle, sys
import numpy as np
import rankone
folder = pathlib.Path(sys.argv[1])
X = np.load(folder / "X.npy")
for path in folder.glob("model.*"):
    model = pickle.loads(path.read_bytes()) if "pickle" in path.name else rankone.Network.load(path)
    np.savez(folder / f"answers.{path.name}.npz", labels=model.predict(X), probabilities=model.predict_proba(X))
"""


def new_classifier(**settings):
    pytest.importorskip("sklearn", reason="RankOneClassifier needs scikit-learn")
    return rankone.RankOneClassifier(**{"hidden_units": 5, "epochs": 8, "learning_rate": 0.3, **settings})


def new_network(precision="float64"):
    return Trainer(hidden_units=5, epochs=8, learning_rate=0.3, precision=precision).fit((X, Y)).network


def assert_same_network(found, expected):
    assert_same(found.alpha, expected.alpha)
    assert_same(found.beta, expected.beta)
    assert_same(found.classes, expected.classes)
    assert found.precision == expected.precision
    assert found.input_names == expected.input_names
    assert (found.inputs, found.hidden_units) == (expected.inputs, expected.hidden_units)
    assert_same(found.predict(X), expected.predict(X))
    assert_same(found.predict_proba(X), expected.predict_proba(X))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_answers_of_a_new_process(tmp_path, precision):
    network, classifier = new_network(precision), new_classifier(precision=precision).fit(X, NAMES)
    pipeline = pytest.importorskip("sklearn.pipeline").make_pipeline(classifier)
    assert classifier.network_.classes.tolist() == classifier.classes_.tolist() == sorted(set(NAMES))
    assert_same_network(classifier_saved(classifier, tmp_path / "model.1"), classifier.network_)
    network.save(tmp_path / "model.2")
    models = {"1": classifier, "2": network, "pickle.1": network, "pickle.2": classifier, "pickle.3": pipeline}
    np.save(tmp_path / "X.npy", X)
    for name, model in models.items():
        if "pickle" in name:
            (tmp_path / f"model.{name}").write_bytes(pickle.dumps(model))
    subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], check=True, timeout=60)
    for name, model in models.items():
        with np.load(tmp_path / f"answers.model.{name}.npz") as answers:
            assert_same(answers["labels"], model.predict(X))
            assert_same(answers["probabilities"], model.predict_proba(X))


def classifier_saved(classifier, path):
    classifier.network_.save(path)
    return Network.load(path)


def test_the_data_tell_classes_apart():
    network = new_network()
    assert set(network.predict(X)) == {0, 1, 2}
    assert len(np.unique(network.predict_proba(X), axis=0)) == 60


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_of_a_network(protocol, precision):
    network = new_network(precision)
    assert_same_network(pickle.loads(pickle.dumps(network, protocol)), network)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_copies_of_a_network(precision):
    network = new_network(precision)
    assert_same_network(copy.copy(network), network)
    assert_same_network(copy.deepcopy(network), network)
    assert_same_network(copy.deepcopy([network, network])[1], network)


@pytest.mark.parametrize("values", [1e-300, 5e-324, -0.0, 1 / 3, 123456789.123456789])
def test_every_bit_of_a_parameter(tmp_path, values):
    network = Network(np.full((2, 3), values), np.full((3, 3), -values))
    network.save(tmp_path / "model")
    for again in (pickle.loads(pickle.dumps(network)), copy.deepcopy(network), Network.load(tmp_path / "model")):
        assert again.alpha.tobytes() == network.alpha.tobytes() == np.full((2, 3), values).tobytes()
        assert again.beta.tobytes() == network.beta.tobytes() == np.full((3, 3), -values).tobytes()


@pytest.mark.parametrize("precision", PRECISIONS)
def test_save_and_load(tmp_path, precision):
    network = new_network(precision)
    path = tmp_path / "model.safetensors"
    network.save(path)
    assert_same_network(Network.load(path), network)
    assert_same_network(Network.load(str(path)), network)
    assert_same_network(pickle.loads(pickle.dumps(Network.load(path))), network)
    Network.load(path).save(str(tmp_path / "again"))
    assert (tmp_path / "again").read_bytes() == path.read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["again", "model.safetensors"]


def test_save_over_another_model(tmp_path):
    path = tmp_path / "model"
    new_network("float32").save(path)
    new_network().save(path)
    assert_same_network(Network.load(path), new_network())


def test_names_of_a_file_of_data(tmp_path):
    """Names of classes and of inputs are kept, and scaled inputs are scaled alike."""
    rows = [",".join([name.replace('"', "").replace(",", ""), *map(str, x)]) for name, x in zip(NAMES, X, strict=True)]
    (tmp_path / "data.csv").write_text("\n".join(["kind,a,b,c,d", *rows]), encoding="utf-8")
    data = read_csv(tmp_path / "data.csv", values="standardize")
    network = Trainer(hidden_units=5, epochs=8, learning_rate=0.3).fit(data).network
    assert network.classes.tolist() == ["ant", "bée", "ca t"]
    assert network.input_names == ["a", "b", "c", "d"]
    network.save(tmp_path / "model")
    for again in (Network.load(tmp_path / "model"), pickle.loads(pickle.dumps(network)), copy.deepcopy(network)):
        assert_same_network(again, network)
        assert_same(read_csv(tmp_path / "data.csv", like=again).X, data.X)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_copies_of_a_classifier(precision):
    classifier = new_classifier(precision=precision, order="shuffled", validation_fraction=0.25).fit(X, NAMES)
    for again in (pickle.loads(pickle.dumps(classifier)), copy.deepcopy(classifier), copy.copy(classifier)):
        assert_same_network(again.network_, classifier.network_)
        assert_same(again.predict(X), classifier.predict(X))
        assert_same(again.predict_proba(X), classifier.predict_proba(X))
        assert_same(again.classes_, classifier.classes_)
        assert again.loss_curve_ == classifier.loss_curve_
        assert again.validation_curve_ == classifier.validation_curve_
        assert (again.n_iter_, again.best_epoch_) == (classifier.n_iter_, classifier.best_epoch_)
        assert again.get_params() == classifier.get_params()


@pytest.mark.parametrize("order", ["file", "shuffled", "numpy"])
def test_classifier_goes_on_after_a_pickle(order):
    """The state of random orders is within the pickle."""
    whole = new_classifier(order=order, epochs=4, random_state=5).fit(X, NAMES)
    classifier = new_classifier(order=order, epochs=4, random_state=5)
    for _ in range(4):
        classifier = pickle.loads(pickle.dumps(classifier.partial_fit(X, NAMES)))
    assert_same_network(classifier.network_, whole.network_)
    assert classifier.loss_curve_ == whole.loss_curve_


def test_copy_that_is_trained_leaves_the_first_alone():
    classifier = new_classifier().fit(X, NAMES)
    before = classifier.predict_proba(X)
    again = copy.deepcopy(classifier)
    again.partial_fit(X, NAMES)
    assert not np.array_equal(again.predict_proba(X), before)
    assert_same(classifier.predict_proba(X), before)


def test_saved_network_of_whole_numbers(tmp_path):
    classifier = new_classifier().fit(X, Y * 10 - 10)
    classifier.network_.save(tmp_path / "model")
    assert_same(Network.load(tmp_path / "model").predict(X), classifier.predict(X))
    assert set(classifier.predict(X)) == {-10, 0, 10}


def test_clone():
    base = pytest.importorskip("sklearn.base", reason="RankOneClassifier needs scikit-learn")
    settings = {
        "hidden_units": 7,
        "learning_rate": 0.25,
        "epochs": 3,
        "init": "numpy",
        "order": "shuffled",
        "schedule": "cosine",
        "patience": 2,
        "keep": "last",
        "precision": "float32",
        "validation_fraction": 0.25,
        "random_state": 3,
        "n_threads": 1,
        "verbose": 0,
    }
    classifier = rankone.RankOneClassifier(**settings)
    assert classifier.get_params() == settings
    classifier.fit(X, NAMES)
    clone = base.clone(classifier)
    assert clone.get_params() == settings
    assert not hasattr(clone, "network_")
    assert not hasattr(clone, "classes_")
    assert_same(clone.fit(X, NAMES).predict_proba(X), classifier.predict_proba(X))


def test_pipeline():
    pipeline = pytest.importorskip("sklearn.pipeline", reason="RankOneClassifier needs scikit-learn")
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    scaler = preprocessing.StandardScaler()
    settings = {"order": "shuffled", "epochs": 40}
    model = pipeline.make_pipeline(scaler, new_classifier(**settings)).fit(100 * X + 7, NAMES)
    scaled = preprocessing.StandardScaler().fit_transform(100 * X + 7)
    expected = new_classifier(**settings).fit(scaled, NAMES)
    assert_same(model.predict_proba(100 * X + 7), expected.predict_proba(scaled))
    assert model.score(100 * X + 7, NAMES) == np.mean(expected.predict(scaled) == NAMES)
    assert model.score(100 * X + 7, NAMES) > 0.8


def test_grid_search():
    selection = pytest.importorskip("sklearn.model_selection", reason="RankOneClassifier needs scikit-learn")
    grid = {"hidden_units": [2, 4], "learning_rate": [0.01, 0.3]}
    searches = []
    for jobs in (1, 2):
        search = selection.GridSearchCV(new_classifier(order="shuffled"), grid, cv=3, n_jobs=jobs)
        searches.append(search.fit(X, NAMES))
    alone, together = searches
    assert alone.best_params_ == together.best_params_
    assert_same(together.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"])
    assert len(set(alone.cv_results_["mean_test_score"])) > 1
    assert_same(together.predict_proba(X), alone.predict_proba(X))
