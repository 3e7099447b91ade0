"""Note templates: the shipped ones, the user's own, and every mistake shown with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scribe.config import Config, SectionsSettings
from scribe.errors import ConfigError
from scribe.sections import note_templates
from scribe.sections.note_templates import Style, parse
from scribe.types import SectionKind

K = SectionKind


def config(template: str = "soap", templates: str = "") -> Config:
    return Config(sections=SectionsSettings(template=template, templates=templates))


def test_the_six_usual_notes_are_shipped_and_show_every_section() -> None:
    shipped = note_templates.shipped()
    assert set(shipped) == {"soap", "h-and-p", "consult", "progress", "procedure", "ed"}
    for template in shipped.values():
        placed = [kind for rule in template.rules for kind in rule.kinds]
        assert len(placed) == len(set(placed))
        assert not template.leave_out
        assert {K.HPI, K.MEDICATIONS, K.ALLERGIES, K.EXAM, K.ASSESSMENT, K.PLAN} <= set(placed)


def test_a_template_says_order_heading_style_and_what_stands_in_an_empty_section() -> None:
    template = parse(
        "title: Knee clinic\nempty: not discussed\nleave_out: [social]\nrest: More\nsections:\n"
        "- part: Told\n  sections:\n  - section: hpi\n    heading: Story\n    style: prose\n    empty: omit\n"
        "  - [allergies]\n".replace("  - [allergies]\n", "  - allergies\n")
        + "- assessment_and_plan\n",
        "knee",
        "knee.yaml",
    )
    assert (template.name, template.title, template.rest) == ("knee", "Knee clinic", "More")
    assert template.leave_out == {K.SOCIAL}
    story, allergies, joint = template.rules
    assert (story.heading, story.style, story.empty) == ("Story", Style.PROSE, "")
    assert (allergies.heading, allergies.style, allergies.empty) == ("Allergies", Style.TABLE, "Not discussed.")
    assert (joint.kinds, joint.style) == ((K.ASSESSMENT, K.PLAN), Style.PROBLEMS)
    assert [part.heading for part in template.parts] == ["Told", ""]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("sections: [hpi, hpy]", 1, "unknown section 'hpy' (did you mean 'hpi'?): use one of chief_complaint, hpi"),
        ("sections:\n- hpi\n- plan\n- hpi", 4, "the section 'hpi' stands there twice"),
        ("sections:\n- assessment_and_plan\n- plan", 3, "the section 'plan' stands there twice"),
        ("sections:\n- section: hpi\n  style: tabel", 3, "unknown style 'tabel'"),
        ("sections:\n- section: hpi\n  style: table", 3, "use one of prose, bullets"),
        ("sections:\n- section: [assessment, social]\n  style: problems", 3, "use one of prose, bullets"),
        (
            "sections:\n- section: exam\n  empty: normal",
            3,
            "use one of omit, not discussed, not examined, not recorded",
        ),
        ("sections:\n- section: hpi\n  titel: Story", 3, "unknown field 'titel'"),
        ("sections:\n- heading: Story", 2, "names no `section`"),
        ("sections:\n- part: Told", 2, "a `part` needs `sections`"),
        ("sections: hpi", 1, "`sections` must be a list"),
        ("title: [a]\nsections: [hpi]", 1, "`title` must be one line of text"),
        ("title: x", 1, "it has no `sections`"),
        ("sections: []", 1, "it shows no section"),
        ("- hpi", 1, "here stands a list"),
        ("sections: [hpi]\nsections: [plan]", 2, "the field 'sections' stands there twice"),
        ("sections: [hpi]\nleave_out: [hpi]", 2, "is shown and in `leave_out`"),
        ("sections:\n- {section: hpi", 2, "this is not YAML"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_what_is_allowed(text: str, line: int, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "mine", "mine.yaml")
    message = str(caught.value)
    assert message.startswith(f"note template mine.yaml, line {line}: ")
    assert says in message
    assert "\n" not in message


def test_an_empty_file_says_how_to_begin() -> None:
    with pytest.raises(ConfigError, match="scribe templates show soap"):
        parse("# nothing\n", "mine", "mine.yaml")


def test_a_file_or_a_folder_of_the_user_adds_and_replaces(tmp_path: Path) -> None:
    (tmp_path / "soap.yaml").write_text("title: Ours\nsections: [plan]", encoding="utf-8")
    (tmp_path / "clinic.yml").write_text("sections: [hpi]", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no template", encoding="utf-8")
    found = note_templates.load(config(templates=str(tmp_path)))
    assert found["soap"].title == "Ours"
    assert found["clinic"].title == "clinic"
    assert note_templates.chosen(config("clinic", str(tmp_path))).rules[0].kinds == (K.HPI,)
    assert note_templates.chosen(config(str(tmp_path / "clinic.yml"))).name == "clinic"


def test_two_of_the_users_own_with_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "a.yml"):
        (tmp_path / name).write_text("sections: [hpi]", encoding="utf-8")
    with pytest.raises(ConfigError, match="two note templates are called 'a'"):
        note_templates.load(config(templates=str(tmp_path)))


def test_a_name_or_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no note template 'sopa' \(did you mean 'soap'\?\)"):
        note_templates.chosen(config("sopa"))
    with pytest.raises(ConfigError, match=r"there is no note template .*gone\.yaml"):
        note_templates.chosen(config(str(tmp_path / "gone.yaml")))
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        note_templates.chosen(config(str(tmp_path / "odd.yaml")))


def test_what_is_shown_can_be_saved_and_used(tmp_path: Path) -> None:
    for template in note_templates.shipped().values():
        copy = tmp_path / f"{template.name}.yaml"
        copy.write_text(note_templates.source(template), encoding="utf-8")
        assert note_templates.read(copy).parts == template.parts


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["hpi", "plan", "part", "prose", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["title", "sections", "section", "part", "style", "empty", "leave_out"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(values)
def test_any_yaml_is_a_template_or_one_clear_error(tree: object) -> None:
    try:
        assert parse(yaml.safe_dump(tree), "any", "any.yaml").rules
    except ConfigError as error:
        assert str(error).startswith("note template any.yaml")  # noqa: PT017
