"""The live page: for who knows the token, on this machine, of a folder that grows; it changes nothing."""

import http.client
import shutil
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.report.lab import HERE, Lab
from evomod.runs.run import begin, resume, run

CONFIG = {"task": "retina", "evolution": {"population": 20, "generations": 4}}


@contextmanager
def serving(folder):
    with Lab(folder) as lab:
        thread = threading.Thread(target=lab.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield lab
        finally:
            lab.shutdown()
            thread.join()


def get(address, **headers):
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=60) as answer:
        return answer.read().decode(), answer.headers


@pytest.fixture
def made(tmp_path):
    return run(evomod.Config(**CONFIG), 1, tmp_path / "r")


def test_the_page_is_the_report_and_nothing_is_written(made):
    before = {path.name: path.read_bytes() for path in made.folder.iterdir()}
    with serving(made.folder) as lab:
        text, headers = get(lab.address)
    assert (
        "<h1>r · a run made with evomod</h1>" in text
        and "data-live" in text
        and "connect-src 'self'" in text
    )
    assert headers["Cache-Control"] == "no-store"
    assert {path.name: path.read_bytes() for path in made.folder.iterdir()} == before


def test_it_listens_on_this_machine_alone_and_wants_the_token(made):
    with serving(made.folder) as lab:
        assert lab.server_address[0] == HERE == "127.0.0.1" and len(lab.token) >= 32
        root = f"http://{HERE}:{lab.server_port}"
        for address in (
            root,
            f"{root}/",
            f"{root}/{lab.token[:-1]}/",
            f"{lab.address}../manifest.json",
            f"{lab.address}x",
        ):
            with pytest.raises(urllib.error.HTTPError) as refused:
                get(address)
            assert refused.value.code == 404
            refused.value.close()
        with pytest.raises(
            urllib.error.HTTPError
        ) as refused:  # a page of another site, by a name that leads here
            get(lab.address, Host="evil.example")
        assert refused.value.code == 404
        refused.value.close()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(
                urllib.request.Request(lab.address, method="POST", data=b"x"), timeout=60
            )
        assert refused.value.code == 501
        refused.value.close()
    with Lab(made.folder) as other:
        assert other.token != lab.token


def test_events_say_that_the_folder_has_changed_and_the_page_follows(made):
    with serving(made.folder) as lab:
        assert "After 4 generations" in get(lab.address)[0]
        line = http.client.HTTPConnection(HERE, lab.server_port, timeout=120)
        line.request("GET", f"/{lab.token}/events")
        answer = line.getresponse()
        assert answer.headers["Content-Type"] == "text/event-stream"
        resume(made.folder, ["evolution.generations=6"])
        assert answer.readline() == b"data: changed\n"
        line.close()
        answer.close()
        text = get(lab.address)[0]
        assert "After 6 generations" in text and 'max="1"' in text  # the slider has both networks


def test_a_folder_in_which_nothing_is_done_yet_is_waited_for(tmp_path):
    begin(evomod.Config(**CONFIG), 1, tmp_path / "begun")
    with serving(tmp_path / "begun") as lab:
        assert "Nothing to be shown yet" in get(lab.address)[0]
        resume(tmp_path / "begun")
        assert "After 4 generations" in get(lab.address)[0]


def test_a_study_says_how_far_it_is(tmp_path):
    (tmp_path / "s.toml").write_text(
        'name = "s"\nseed = 1\nreplicates = 2\n[base]\ntask = "retina"\n'
        "evolution = {population = 10, generations = 2}\n[treatments.a]\n"
    )
    assert main(["study", str(tmp_path / "s.toml"), "--out", str(tmp_path / "s"), "--jobs", "1"]) == 0
    for name in ("summary.csv", "curves.csv", "courses.csv.gz", "networks.json.gz"):
        (tmp_path / "s" / name).unlink()
    shutil.rmtree(tmp_path / "s" / "a" / "001")
    with serving(tmp_path / "s") as lab:
        text = get(lab.address)[0]
    assert "Runs: 1 done, 1 left." in text and "This study is not finished" in text


def test_refusals(made, tmp_path, capsys):
    with pytest.raises(EvomodError, match="neither a run nor a study"):
        Lab(tmp_path)
    with Lab(made.folder) as taken:
        assert main(["lab", str(made.folder), "--port", str(taken.server_port)]) == 2
        assert f"port {taken.server_port} of this machine cannot be used" in capsys.readouterr().err
    assert main(["lab", str(made.folder), "--port", "99999"]) == 2
    assert "port 99999" in capsys.readouterr().err
