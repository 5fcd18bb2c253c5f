"""Files that are missing, or are not what they are read as: the message names file, line and column."""

import errno
import os

import numpy as np
import pytest
from rankone import DataError, Network, read_csv
from shared import NETWORK, X, Y, fit, refuses


def write(folder, text):
    path = folder / "data.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def resume(path):
    return fit(resume=path)


def checkpoint(path):
    return fit(checkpoint=path)


READERS = [read_csv, Network.load, resume]
WRITERS = [NETWORK.save, checkpoint]


def of_system(path, as_text=False):
    """Return each error of the system of a missing file, or of a folder instead of a file to write."""
    missing = [(FileNotFoundError, errno.ENOENT, function, path / "none" / "none") for function in READERS + WRITERS]
    cases = [*missing, *[(IsADirectoryError, errno.EISDIR, function, path) for function in WRITERS]]
    for error, number, function, place in cases:
        yield refuses(error, f"[Errno {number}] ", function, str(place) if as_text else place), number, place


@pytest.mark.parametrize("as_text", [False, True])
def test_errors_of_the_system(tmp_path, as_text):
    for error, number, place in of_system(tmp_path, as_text):
        assert error.errno == number
        assert os.fspath(error.filename) == str(place)
        assert error.strerror == os.strerror(number)
    assert list(tmp_path.iterdir()) == []


def test_errors_of_the_system_in_python_s_form(tmp_path):
    for error, number, place in of_system(tmp_path, as_text=True):
        assert str(error) == f"[Errno {number}] {os.strerror(number)}: {str(place)!r}"
        assert error.filename == str(place)


def test_folder_to_read(tmp_path):
    refuses(DataError, f"{tmp_path}: found a directory, expected a CSV file", read_csv, tmp_path)
    refuses(ValueError, f"{tmp_path}: not a rankone model: Is a directory", Network.load, tmp_path)
    refuses(ValueError, f"{tmp_path}: no state to go on from: Is a directory", resume, tmp_path)


@pytest.mark.parametrize("path", [3, 1.5, ["a"]])
def test_what_is_no_path(path):
    for function in READERS + WRITERS:
        refuses(TypeError, "", function, path)
    for function in (read_csv, Network.load, NETWORK.save):
        refuses(TypeError, f"expected str, bytes or os.PathLike object, not {type(path).__name__}", function, path)


def test_what_is_no_model(tmp_path):
    path = tmp_path / "model"
    NETWORK.save(path)
    model = path.read_bytes()
    assert Network.load(path).inputs == 4
    wrong = [
        b"0,0.5,1\n1,0.25,0\n",
        np.random.default_rng(3).bytes(500),
        bytes(500),
        model + b"x",
        b"\xff" * 8 + model[8:],
        model.replace(b"F64", b"I64"),
        model.replace(b"alpha", b"alpho"),
        model.replace(b"rankone 1", b"rankone 9"),
        model.replace(b"[5,5]", b"[1,5]"),
        *[model[:length] for length in range(0, len(model), 7)],
    ]
    for content in wrong:
        assert content != model
        path.write_bytes(content)
        refuses(ValueError, f"{path}: not a rankone model", Network.load, path)


def test_what_is_no_state(tmp_path):
    path = tmp_path / "state"
    checkpoint(path)
    for content in (b"", b"0,1\n1,0\n", np.random.default_rng(3).bytes(500), path.read_bytes()[:-1]):
        path.write_bytes(content)
        refuses(ValueError, f"{path}: no state to go on from", resume, path)


def test_state_of_another_training(tmp_path):
    path = tmp_path / "state"
    checkpoint(path)
    assert len(fit(resume=path, epochs=5).history) == 5
    for settings in ({"hidden_units": 4}, {"seed": 3}, {"learning_rate": 0.5}, {"order": "shuffled"}):
        refuses(ValueError, "settings: found", fit, resume=path, **{"epochs": 5, **settings})
    refuses(ValueError, "epochs: found 1, where 2 are done", fit, resume=path, epochs=1)
    refuses(ValueError, "training set: found data of checksum", fit, (X + 1, Y), resume=path, epochs=5)
    refuses(ValueError, "precision: found f64, expected f32", fit, resume=path, epochs=5, precision="float32")


def test_save_that_fails_leaves_nothing(tmp_path):
    (tmp_path / "model").mkdir()
    refuses(IsADirectoryError, "model", NETWORK.save, tmp_path / "model")
    assert os.listdir(tmp_path) == ["model"]


ANY = {"values": "any"}
TWO = {"classes": 2}
UNIT = "expected a number from 0 to 1"
LABEL = "expected a label: an integer from 0 to 1 (the number of classes is 2)"
NO_EXAMPLE = "data.csv: found no example"


@pytest.mark.parametrize(
    ("text", "form", "message"),
    [
        ("0,0.5,1\n1,x,1\n", {}, f'line 2, column 2: found "x", {UNIT}'),
        ("0,0.5,1\n1,0,\n", {}, f"line 2, column 3: found an empty field, {UNIT}"),
        ("0,0.5,1\n1,nan,1\n", ANY, 'line 2, column 2: found "nan", expected a number'),
        ("0,0.5,1\n1,1,inf\n", ANY, 'line 2, column 3: found "inf", expected a number'),
        ("0,0.5,1\n1,1,1e400\n", ANY, 'line 2, column 3: found "1e400", expected a number'),
        ("0,0.5,1\n1,1,1e39\n", {**ANY, "precision": "float32"}, 'column 3: found "1e39", expected a number of the'),
        ("0,0.5,1\n1,1,2\n", {}, f'line 2, column 3: found "2", {UNIT}'),
        ("0,0.5,1\n1,1,-2\n", {}, f'line 2, column 3: found "-2", {UNIT}'),
        (b"0,1,1\n1,1,1\0\n", {}, f'line 2, column 3: found "1\\x00", {UNIT}'),
        *[(f"0,0.5,1\n{y},0,1\n", TWO, f'line 2, column 1: found "{y}", {LABEL}') for y in ("5", "-1", "1.5", "b")],
        ("0,1,1,1,1\n3,0,1,1,1\n", {"like": NETWORK}, 'line 2, column 1: found "3", expected a label: an integer'),
        ("0,0.5,1\n1,0.25,1\n", {"label": 2}, 'line 1, column 2: found the label "0.5", expected labels that are'),
        ("a,0.5,1\n,0,1\n", {"header": "no"}, "line 2, column 1: found an empty field, expected a label"),
        ('0,1,1\n"1,1,0\n', {}, 'line 2, column 1: found an open quote before "1,1,0", expected a quote that closes'),
        (b"a,1,1\ncaf\xe9,0,1\n", {"header": "no"}, 'line 2, column 1: found bytes that are not UTF-8, "caf\\xe9"'),
        ("l,a,a\n0,1,1\n1,0,1\n", {"ignore": "a"}, 'line 1, column 3: found a second "a", expected names that tell'),
        ("0,0.5,1\n1,1\n", {}, "line 2: found 2 columns, expected 3 (a label and 2 values)"),
        ("0,0.5,1\n1,1,1,1\n", {}, "line 2: found 4 columns, expected 3 (a label and 2 values)"),
        ("0,1\n1,0\n", {"like": NETWORK}, "line 1: found 2 columns, expected 5 (a label and 4 values)"),
        ("0,0.5,1\n\n1,1,1\n", {}, "line 2: found a blank line, expected blank lines at the end only"),
        ("0\n1\n", {}, "line 1: found 1 column, expected at least 2 (a label and a value)"),
        ("0,1\n1,0\n", {"delimiter": ";"}, "line 1: found 1 column, expected at least 2 (a label and a value)"),
        ("l,a\n0,1\n1,0\n", {"label": "x"}, 'line 1: found no column "x", expected one; the nearest is "l"'),
        ("l,a\n0,1\n1,0\n", {"label": 5}, "line 1: found 2 columns, expected a column 5"),
        ("l,a\n0,1\n1,0\n", {"ignore": 5}, "line 1: found 2 columns, expected a column 5"),
        ("0,1,0\n1,0,1\n", {"ignore": [1, 2]}, "line 1: found 3 columns, expected at least 4"),
        ("0,1,0\n1,0,1\n", {"ignore": "x"}, 'line 1: found no header, expected a header with the column "x"'),
        ("0,1\n1,0\n", {"label": "none"}, "line 1: found no column of labels, expected one"),
        ("", {}, NO_EXAMPLE),
        ("\n\n", {}, NO_EXAMPLE),
        ("l,a,b\n", {}, f"{NO_EXAMPLE}, but a header"),
        ("a,1\na,0\n", {"header": "no"}, 'found no label but "a", expected labels of two classes or more'),
    ],
)
def test_what_is_no_csv(tmp_path, text, form, message):
    assert issubclass(DataError, ValueError)
    path = write(tmp_path, text)
    assert str(refuses(DataError, message, read_csv, path, **form)).startswith(str(path))


def test_noise_is_no_csv(tmp_path):
    generator = np.random.default_rng(4)
    for length in (1, 10, 100, 1000):
        for _ in range(25):
            refuses(DataError, "data.csv", read_csv, write(tmp_path, generator.bytes(length)))


SHARE = "expected one that leaves examples on either side"


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("values", "foo", 'values: found "foo", expected unit, any, scale or standardize'),
        ("header", "foo", 'header: found "foo", expected auto, yes or no'),
        ("delimiter", "|", 'delimiter: found "|", expected ",", ";", tab or space'),
        ("precision", "float16", 'precision: found "float16", expected float64 or float32'),
        *[(name, 0, f"{name}: found 0, expected at least 1") for name in ("classes", "limit", "label", "ignore")],
        *[(name, -1, f"{name}: found -1, expected at least 1") for name in ("classes", "limit", "label", "ignore")],
        ("ignore", [2, 0], "ignore: found 0, expected at least 1"),
        ("split_seed", -1, "split_seed: found -1, expected at least 0"),
        *[("validation_share", share, SHARE) for share in (0, 1.0, np.nan)],
    ],
)
def test_option_out_of_range(tmp_path, option, value, message):
    path = write(tmp_path, "0,1,0\n1,0,1\n0,1,1\n1,1,1\n")
    assert len(read_csv(path)) == 4
    refuses(ValueError, message, read_csv, path, **{option: value})


@pytest.mark.parametrize(
    ("options", "value", "expected"),
    [
        (["classes", "limit", "label", "split_seed"], 1.5, "a whole number"),
        (["classes", "limit"], "2", "a whole number"),
        (["values", "header", "delimiter", "precision"], None, "a name"),
        (["validation_share"], "x", "a number"),
        (["ignore"], 1.5, ""),
        (["like"], 3, ""),
    ],
)
def test_option_of_wrong_type(tmp_path, options, value, expected):
    path = write(tmp_path, "0,1\n1,0\n")
    for option in options:
        refuses(TypeError, f"{option}: found {value!r}, expected {expected}", read_csv, path, **{option: value})


NUMPY = (np.int64(3), ["aa"])


@pytest.mark.parametrize(
    ("ignore", "names"),
    [
        ("aa", ["b"]),
        (3, ["aa"]),
        (["aa"], ["b"]),
        ((np.int64(3),), ["aa"]),
        (iter([2]), ["b"]),
        ((), ["aa", "b"]),
        NUMPY,
    ],
)
def test_columns_that_are_ignored(tmp_path, ignore, names):
    path = write(tmp_path, "l,aa,b\n0,1,1\n1,0,1\n")
    assert read_csv(path, ignore=ignore).input_names == names


def test_what_helps_is_told_in_python_s_words(tmp_path):
    refuses(DataError, 'values="any", "scale" or "standardize"', read_csv, write(tmp_path, "0,7\n1,0\n"))
    refuses(DataError, "delimiter= says", read_csv, write(tmp_path, "0;1\n1;0\n"))


def test_a_delimiter_is_said_by_name_or_as_it_is(tmp_path):
    path = write(tmp_path, "0\t1\n1\t0\n")
    for delimiter in ("tab", "\t"):
        assert len(read_csv(path, delimiter=delimiter)) == 2
