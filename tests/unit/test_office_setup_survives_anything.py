"""Whatever a set-up file holds, reading it ends with a set-up or with mistakes that have places."""

import msgspec
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from queue_service.offices.setup_file import SetupError, read_setup
from queue_service.offices.setup_model import Setup
from tests.unit.test_office_setup_mistakes import TOWN

ANY_PACE = settings(deadline=None)
"""Other tests may have the machine."""
LINES = TOWN.splitlines(keepends=True)
SCRAPS = [
    *(
        "&a",
        "*a",
        "<<: *a",
        "!!int",
        "!!python/object:os.system",
        "!",
        "? ",
        "- ",
        ": ",
        "|",
        ">-",
        "%YAML 1.1\n",
    ),
    *(
        "---\n",
        "...\n",
        "{",
        "}",
        "[",
        "]",
        "'",
        '"',
        "#",
        "\t",
        "\x00",
        "\x85",
        "\ufeff",
        "\ud800",
        '"\\ud800"',
    ),
    *(
        "~",
        "null",
        "no",
        "08:00-18:00",
        "24:00-08:00",
        "99:99-99:99",
        "2026-02-30",
        "0001-01-01",
        "1e999",
        "-1",
    ),
    *("99999999999999999999", ".inf", "de", "reisepass", "all", "always", "\U0001f600" * 50, "a\u0308"),
]
LINE_ENDS = "\n\r\x85\u2028\u2029"
"""What YAML 1.1 ends a line with."""
WORDS = st.sampled_from([*SCRAPS, *{word.strip("[]{},:\n") for word in TOWN.split()}])
EDITS = st.lists(st.tuples(st.integers(0, len(TOWN)), st.integers(0, 30), WORDS), max_size=6)
TREES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=25,
)
SECTIONS = st.dictionaries(
    st.sampled_from(["authorities", "services", "offices"]), st.lists(TREES, max_size=3)
)


def outcome(text: str) -> Setup | SetupError:
    """Read ``text``, holding either answer to what is promised of it."""
    try:
        setup = read_setup({"mangled.yaml": text})
    except SetupError as error:
        answer = error
    else:
        assert msgspec.json.decode(msgspec.json.encode(setup), type=Setup) == setup
        return setup
    lines = 1 + sum(text.count(end) for end in LINE_ENDS)
    assert answer.mistakes
    for mistake in answer.mistakes:
        assert 1 <= mistake.place.line <= lines
        assert mistake.place.column >= 1
        assert mistake.message
    str(answer).encode()
    return answer


@ANY_PACE
@given(st.text())
@example("%YAML 1." + "9" * 5000 + "\n---\na")
@example('"\\UFFFFFFFF"')
@example('services: ["\\U00110000"]')
def test_any_text(text: str) -> None:
    outcome(text)


@ANY_PACE
@given(EDITS)
def test_a_set_up_with_scraps_thrown_in(edits: list[tuple[int, int, str]]) -> None:
    text = TOWN
    for at, dropped, scrap in edits:
        text = text[:at] + scrap + text[at + dropped :]
    outcome(text)


@ANY_PACE
@given(st.lists(st.sampled_from(LINES), max_size=len(LINES)))
def test_lines_of_a_set_up_in_any_order(lines: list[str]) -> None:
    outcome("".join(lines))


@ANY_PACE
@given(SECTIONS)
def test_the_right_sections_with_anything_in_them(sections: dict[str, object]) -> None:
    outcome(yaml.dump(sections, allow_unicode=True))


@ANY_PACE
@given(st.data())
def test_a_set_up_in_which_one_value_is_something_else(data: st.DataObject) -> None:
    sections = yaml.load(TOWN, Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but texts
    node = sections
    while isinstance(node, list | dict) and node:
        parent, key = (
            node,
            data.draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node)))),
        )
        node = parent[key]
        if not isinstance(node, list | dict) or data.draw(st.booleans()):
            parent[key] = data.draw(TREES)
            break
    outcome(yaml.dump(sections, allow_unicode=True))


def aliases(name: str, times: int) -> str:
    return ", ".join([f"*{name}"] * times)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        pytest.param(
            f"offices:\n- &office {{counters: [&counter {{number: 1}}, {aliases('counter', 300)}]}}\n"
            + "- *office\n" * 300,
            "more than 50000 values",
            id="aliases of aliases",
        ),
        pytest.param("services: " + "[" * 5000, "nested deeper than", id="brackets without end"),
        pytest.param("offices: &me\n- *me\n", "expected a block", id="a list in itself"),
        pytest.param("offices:\n- name: &me {de: *me}\n", "expected a single value", id="a block in itself"),
        pytest.param("a" * 1_000_001, "longer than", id="more than a megabyte"),
        pytest.param("offices: !!python/object/apply:os.getcwd []", "tags such as", id="a call of Python"),
    ],
)
def test_a_file_made_to_harm_is_refused(text: str, mistake: str) -> None:
    answer = outcome(text)

    assert isinstance(answer, SetupError)
    assert mistake in str(answer)


def test_this_test_can_see_both_answers() -> None:
    assert isinstance(outcome(TOWN), Setup)
    assert isinstance(outcome(TOWN.replace("slug", "snail")), SetupError)
