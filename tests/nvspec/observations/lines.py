"""Lines of observation files, one of each kind, to be spoilt by the tests."""

import json
from pathlib import Path
from typing import Any

import pytest

from nvspec.errors import InputError
from nvspec.observations import read

LineT = dict[str, Any]


def translate() -> LineT:
    """Return a stage 2 translation that succeeds."""
    return {
        "schema": 1,
        "kind": "translate",
        "id": "t/0",
        "source": "by hand",
        "features": ["FEAT_VHE", "FEAT_XNX"],
        "parange": 44,
        "impdef": {"nT_faults": True},
        "regs": {"VTCR_EL2": "0x80000000", "VTTBR_EL2": "0xffffffffffffffff"},
        "pstate": {"EL": 1, "PAN": 0, "UAO": 1},
        "memory": {"0x1000": "0x7ff", "0xFFFFFFFFFFFFF8": "0x0"},
        "access": {"type": "write", "ipa": "0xffffffffffffffff", "s1ptw": False},
        "expect": {
            "fault": "none",
            "pa": "0x12345",
            "reads": 2,
            "writes": [["0x1000", "0x8000000000000000"]],
        },
    }


def at() -> LineT:
    """Return an AT instruction that completes."""
    return {
        "schema": 1,
        "kind": "at",
        "id": "a/0",
        "source": "by hand",
        "features": "qemu-10.0.2-max",
        "el": 3,
        "op": "S12E0W",
        "address": "0xffffffffd40d5205",
        "regs": {},
        "memory": {},
        "ram": ["0x40000000", "0xc0000000"],
        "expect": {"PAR_EL1": "0x81f", "mask": "0x37f"},
    }


def access() -> LineT:
    """Return a trapped MSR."""
    return {
        "schema": 1,
        "kind": "access",
        "id": "x/0",
        "source": "by hand",
        "features": "qemu-10.0.2-max",
        "el": 1,
        "op": "MSR",
        "name": "VBAR_EL2",
        "encoding": [3, 4, 12, 0, 0],
        "word": "0xd51cc000",
        "operand": "0x1111",
        "regs": {"HCR_EL2": "0x80000000"},
        "expect": {"outcome": "trap", "el": 2, "esr": "0x62300018", "elr_offset": 0},
    }


def memory() -> LineT:
    """Return a load that stage 2 refuses."""
    return {
        "schema": 1,
        "kind": "memory",
        "id": "m/0",
        "source": "by hand",
        "features": "qemu-10.0.2-max",
        "el": 0,
        "regs": {},
        "memory": {"0x70100008": "0x70120003"},
        "ram": ["0x40000000", "0xc0000000"],
        "access": {"type": "read", "va": "0x60001008", "size": 8},
        "expect": {
            "outcome": "abort",
            "el": 2,
            "esr": "0x9200000f",
            "esr_mask": "0xfe003fff",
            "far": "0x60001008",
            "hpfar": "0x600010",
        },
    }


LINES = [translate, at, access, memory]


def write(path: Path, *lines: LineT | str) -> Path:
    """Write lines, objects as JSON and texts as they are, and return the path."""
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def one(path: Path, line: LineT) -> Any:
    """Return the observation that a single line is read as."""
    (observation,) = read(write(path / "one.jsonl", line))
    return observation


def refusal(path: Path) -> str:
    """Return the message with which a file is refused, without its directory."""
    with pytest.raises(InputError) as caught:
        list(read(path))
    assert "\n" not in str(caught.value)
    assert caught.value.path == str(path)
    return str(caught.value).removeprefix(f"{path.parent}/")


def changed(line: LineT, *keys: str, to: Any) -> LineT:
    """Set the value that the keys lead to, and return the line."""
    inner = line
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = to
    return line


def without(line: LineT, *keys: str) -> LineT:
    """Remove the key that the keys lead to, and return the line."""
    inner = line
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    return line


def read_of_page(id_: str = "t/read") -> LineT:
    """Return a read that is observed at a page for reading, of the IPA 0x1000."""
    line = translate()
    line["features"], line["parange"], line["impdef"] = ["FEAT_XNX"], 48, {}
    line["regs"] = {"VTCR_EL2": "0x80050059", "VTTBR_EL2": "0x4000", "HCR_EL2": "0x1"}
    line["memory"] = {"0x4000": "0x5003", "0x5000": "0x6003", "0x6008": "0x8000077f"}
    line["access"] = {"type": "read", "ipa": "0x1234", "s1ptw": False}
    return line | {"id": id_, "expect": {"fault": "none", "pa": "0x80000234", "reads": 3}}


def write_of_page(id_: str = "t/write") -> LineT:
    """Return a write that the page refuses."""
    line = read_of_page(id_)
    line["access"]["type"] = "write"
    line["expect"] = {
        **{"fault": "permission", "level": 3, "stage2": True, "s1ptw": False, "write": True},
        **{"fault_ipa": "0x1234", "reads": 3},
    }
    return line


def wrong_level(id_: str = "t/wrong") -> LineT:
    """Return the write with another level."""
    return changed(write_of_page(id_), "expect", "level", to=2)
