"""The benchmark's own way to talk to Chromium."""

import os

import pytest

from bench import devtools
from builder import environment


@pytest.fixture(scope="module")
def connection():
    with devtools.launch(environment.chromium(), ["--disable-gpu"]) as (connection, _process):
        yield connection


@pytest.fixture
def page(connection):
    with devtools.open_page(connection, "globalThis.early = document.body === null") as page:
        page.navigate("data:text/html,<title>A page</title>")
        yield page


def test_a_script_runs_before_the_document(page):
    assert page.evaluate("early") is True


def test_a_promise_gives_its_value(page):
    assert page.evaluate("Promise.resolve([1, { two: 3 }])") == [1, {"two": 3}]


def test_what_a_page_throws_is_an_error_here(page):
    with pytest.raises(devtools.DevToolsError, match="not like this"):
        page.evaluate("Promise.reject(new Error('not like this'))")


def test_an_address_that_does_not_answer_is_an_error_that_names_it(page):
    with pytest.raises(devtools.DevToolsError, match=r"127\.0\.0\.1:9/: .*ERR_"):
        page.navigate("http://127.0.0.1:9/")


def test_an_unknown_command_is_an_error_that_names_it(page):
    with pytest.raises(devtools.DevToolsError, match=r"Page\.fly"):
        page.send("Page.fly")


def test_a_browser_that_is_gone_is_an_error():
    (reads, end), (far, writes) = os.pipe(), os.pipe()
    os.close(end)
    with pytest.raises(devtools.DevToolsError, match="gone"):
        devtools.Connection(reads, writes).send("Browser.getVersion")
    for descriptor in (reads, far, writes):
        os.close(descriptor)
