import json
from pathlib import Path

import pytest

from nvspec.errors import InputError
from tests.nvspec.observations.lines import access, at, changed, memory, one, refusal, translate, write


class TestFeatures:
    """Which machine a line is about."""

    def test_a_list_is_the_machine_and_parange_its_size(self, tmp_path: Path) -> None:
        """A list of names has the size that the line gives."""
        features = one(tmp_path, translate()).features
        assert features.names == {"FEAT_VHE", "FEAT_XNX"}
        assert (features.pa_max, features.id_registers) == (44, {})

    def test_a_shipped_set_is_found_by_name(self, tmp_path: Path) -> None:
        """A shipped set brings its size and its identification registers."""
        for make in (at, access, memory):
            features = one(tmp_path, make()).features
            assert features.pa_max == 52
            assert "FEAT_NV2" in features.names
            assert features.id_registers["CTR_EL0"] == 0xB444C004

    def test_a_set_beside_the_file_goes_before_a_shipped_one(self, tmp_path: Path) -> None:
        """features.json in the same directory adds sets and replaces shipped ones."""
        sets = {
            "mine": {"parange": 40, "features": ["FEAT_NV"], "id_registers": {"MIDR_EL1": "0x1"}},
            "qemu-10.0.2-max": {"parange": 36, "features": [], "note": "less"},
        }
        (tmp_path / "features.json").write_text(json.dumps(sets))
        mine = one(tmp_path, changed(at(), "features", to="mine")).features
        assert (mine.pa_max, mine.names, mine.id_registers) == (40, {"FEAT_NV"}, {"MIDR_EL1": 1})
        assert one(tmp_path, at()).features.pa_max == 36

    def test_parange_of_the_line_replaces_that_of_the_set(self, tmp_path: Path) -> None:
        """A named set with the key parange is that machine with another size."""
        assert one(tmp_path, changed(at(), "parange", to=32)).features.pa_max == 32

    def test_an_access_needs_no_size(self, tmp_path: Path) -> None:
        """A list of features is enough for an instruction."""
        assert one(tmp_path, changed(access(), "features", to=["FEAT_NV"])).features.names == {"FEAT_NV"}

    def test_a_list_needs_a_size_where_addresses_matter(self, tmp_path: Path) -> None:
        """Without parange a list of features is an error for every other kind."""
        for make in (translate, at, memory):
            line = changed(make(), "features", to=["FEAT_NV"])
            line.pop("parange", None)
            path = write(tmp_path / "f.jsonl", line)
            assert refusal(path) == 'f.jsonl:1: features: a list needs the key "parange" beside it'

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("[]", "expected an object, got []"),
            ('{"a":\n }', "not JSON: Expecting value at line 2 column 2"),
            ('{"mine": {"parange": 48}}', 'mine: missing key "features"'),
            ('{"mine": {"parange": 47, "features": []}}', "mine.parange: expected one of 32, 36, 40, "),
            (
                '{"mine": {"parange": 48, "features": ["FEAT_NV9"]}}',
                'mine.features.0: unknown feature "FEAT_NV9"',
            ),
            ('{"mine": {}, "mine": {}}', 'the key "mine" is given twice'),
        ],
    )
    def test_a_bad_file_of_sets_is_refused_by_its_own_name(self, tmp_path: Path, text: str, reason: str) -> None:
        """The message names features.json and not the observations."""
        (tmp_path / "features.json").write_text(text)
        with pytest.raises(InputError) as caught:
            one(tmp_path, at())
        assert str(caught.value).startswith(f"{tmp_path}/features.json: {reason}")
