"""Docstrings have the sections of numpydoc, each title on a separate line above its rule."""

import inspect
import itertools

import pytest
import rankone

TITLES = ["Attributes", "Parameters", "Raises", "Returns"]


def documented():
    for name in rankone.__all__:
        if name == "RankOneClassifier":  # needs scikit-learn
            continue
        public = getattr(rankone, name)
        yield name, public
        if inspect.isclass(public):
            for member, value in vars(public).items():
                if not member.startswith("_"):
                    yield f"{name}.{member}", value


@pytest.mark.parametrize(("name", "value"), list(documented()))
def test_sections_are_not_run_together(name, value):
    lines = [line.strip() for line in (inspect.getdoc(value) or "").splitlines()]
    for line, following in itertools.pairwise([*lines, ""]):
        assert " --" not in line, f"{name}: {line}"
        if line in TITLES:
            assert following == "-" * len(line), name


def test_the_class_of_data_sets_documents_its_errors():
    assert "Raises" in inspect.getdoc(rankone.Dataset).splitlines()
