"""Every message id has words in both languages, and every error of the program has an id."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterator, Mapping

import pytest

from app import errors
from app.errors import BadValue, NotSent, YaotaiError
from app.resources import resource
from ui.words import LANGUAGES, Texts, knows, placeholders, say, say_error, texts

ERRORS = [
    one
    for _, one in inspect.getmembers(errors, inspect.isclass)
    if issubclass(one, YaotaiError) and one.__module__ == errors.__name__
]


def test_both_languages_have_the_same_ids() -> None:
    chinese, english = (set(texts(lang)) for lang in LANGUAGES)
    assert sorted(chinese ^ english) == []


def test_both_languages_ask_for_the_same_parameters() -> None:
    chinese, english = (texts(lang) for lang in LANGUAGES)
    different = [
        key for key in chinese if placeholders(chinese[key]) != placeholders(english.get(key, ""))
    ]
    assert different == []


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_read_by_sections_says_what_the_whole_of_it_says(lang: str) -> None:
    source = resource("words", f"{lang}.toml").read_text("utf-8")
    whole = dict(_flat(tomllib.loads(source)))
    assert dict(Texts(source)) == whole
    by_one = Texts(source)
    assert {key: by_one[key] for key in reversed(whole)} == whole
    assert len(Texts(source)) == len(whole)


def test_only_the_sections_that_are_wanted_are_parsed() -> None:
    read = Texts('[one]\na = "1"\n[one.more]\nb = "2"\nc.d = "3"\n[broken]\nthis is no TOML\n')
    assert (read["one.a"], read["one.more.b"], read["one.more.c.d"]) == ("1", "2", "3")
    assert [key for key in ("one.c", "two.a", "one", "") if key in read] == []
    with pytest.raises(tomllib.TOMLDecodeError):
        dict(read)


SILENT = {"patient.sex_0"}
"""Said by saying nothing: the platform does not know the sex."""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty_or_has_a_stray_brace(lang: str) -> None:
    for key, text in texts(lang).items():
        assert text.strip() or key in SILENT, key
        assert not re.search(r"[{}]", re.sub(r"\{[a-z_]+\}", "", text)), key


def test_chinese_texts_hold_chinese() -> None:
    without = [
        key
        for key, text in texts("zh_CN").items()
        if re.search(r"[A-Za-z]{4,}", re.sub(r"\{[a-z_]+\}", "", text))
        and not re.search(r"[\u4e00-\u9fff]", text)
    ]
    assert without == [], "these look like English left in the Chinese file"


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: one.__name__)
def test_every_error_has_words(error: type[YaotaiError]) -> None:
    assert knows(error.message_id)


def test_no_two_errors_share_their_words() -> None:
    ids = [error.message_id for error in ERRORS]
    assert len(ids) == len(set(ids))


def test_an_error_is_told_with_its_parameters_in_either_language() -> None:
    error = BadValue(what="数量", why="not a number")
    assert "“数量”填得不对：not a number。" in say_error(error)
    assert '"数量" is not right: not a number.' in say_error(error, "en")


def test_a_missing_parameter_or_id_never_raises() -> None:
    assert "（—）" in say_error(NotSent())
    assert say("no.such.id", "en", what="x") == "no.such.id"


def test_an_unknown_language_speaks_the_default_one() -> None:
    assert say("error.not_found", "fr", what="x") == say("error.not_found", what="x")


def test_a_parameter_is_never_read_as_a_template() -> None:
    assert "{why}" in say("error.not_found", what="{why}", why="leaked")
