"""What is kept of a computation is taken while it was made of what is there now, and made again otherwise."""

import json

import pytest

from evomod.errors import EvomodError
from evomod.files.derived import MADE_OF, keep, kept_record
from evomod.files.records import Record


class Sum(Record):
    """A record."""

    source: dict
    sum: int


@pytest.mark.parametrize(
    ("spoiled", "again"),
    [
        (None, False),
        ({"source": {"n": 2}, "sum": 1}, True),
        ({"source": {"n": 1}}, True),
        ({"source": {"n": 1}, "sum": "1"}, True),
        ("[", True),
    ],
)
def test_a_record_is_made_again_where_it_is_damaged_or_of_other_facts(tmp_path, spoiled, again):
    path, made = tmp_path / "sum.json", []

    def make():
        made.append(1)
        return {"sum": 7}

    facts = {"source": {"n": 1}}
    assert kept_record(path, Sum, facts, make) == facts | {"sum": 7}
    content = path.read_bytes()
    if spoiled is not None:
        path.write_text(spoiled if isinstance(spoiled, str) else json.dumps(spoiled))
    assert kept_record(path, Sum, facts, make) == facts | {"sum": 7}
    assert len(made) == 1 + again and path.read_bytes() == content


def test_a_damaged_list_of_facts_is_told_and_nothing_is_written(tmp_path):
    (tmp_path / MADE_OF).write_text("3")
    (tmp_path / "x.csv").write_text("a\n1\n")
    with pytest.raises(EvomodError, match="made_of.json is damaged"):
        keep(tmp_path / "x.csv", "facts", lambda: b"a\n2\n")
    assert (tmp_path / "x.csv").read_text() == "a\n1\n"
