"""Each rule finds what its bad example shows, and nothing in its good one."""

from __future__ import annotations

import re

import pytest

from lessonbook.check.rule import FAMILIES, all_rules, register

from .lint_course import check_example

RULES = all_rules()
IDS = [rule.id for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_bad_example_gives_one_finding_at_its_line(rule, tmp_path):
    findings = check_example(tmp_path, rule, rule.bad)
    assert [(f.rule, f.file, f.line, f.severity) for f in findings] == [
        (rule.id, rule.bad.path, rule.bad.line, rule.severity)
    ]


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_good_example_gives_no_finding(rule, tmp_path):
    assert check_example(tmp_path, rule, rule.good) == []


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_rule_says_what_is_wrong_why_and_what_to_do(rule, tmp_path):
    assert re.fullmatch(r"LB0\d\d", rule.id)
    assert 5 < len(rule.title) < 80 and rule.title[0].isupper()
    assert rule.why.endswith(".")
    assert rule.family in FAMILIES
    (finding,) = check_example(tmp_path, rule, rule.bad)
    assert re.search(r"[;:]", finding.message), "the remedy follows a semicolon"
    assert finding.message.endswith((".", "…"))
    assert "\n" not in str(finding)


def test_ids_are_grouped_by_family():
    families = [rule.family for rule in RULES]
    assert list(dict.fromkeys(families)) == list(FAMILIES)
    assert families == sorted(families, key=FAMILIES.index)


def test_id_cannot_be_given_twice():
    class Again(type(RULES[0])):
        """Another rule."""

    with pytest.raises(ValueError, match=rf"{RULES[0].id} is taken by"):
        register(Again)
