from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.inference.machine import from_cpuinfo, from_sysctl, machine_facts, memory_estimate


def test_estimate_spells_out_the_sum() -> None:
    estimate = memory_estimate(1_117_320_768, 28_672, 4096, 500_000_000, 5_200_000_000)
    assert estimate.fits
    assert estimate.needed == 1_117_320_768 + 28_672 * 4096 + 500_000_000
    assert estimate.sentence == "1.1 GB file + 0.1 GB for 4,096 tokens + 0.5 GB = 1.7 GB needed, 5.2 GB free"


def test_close_call_shows_the_digits_that_decide() -> None:
    estimate = memory_estimate(1_110_000_000, 0, 4096, 0, 1_100_000_000)
    assert not estimate.fits
    assert "1.11 GB needed, 1.10 GB free" in estimate.sentence


@settings(deadline=None)
@given(*[st.integers(0, 40 * 10**9)] * 2, st.integers(0, 400_000), st.integers(1, 131_072))
def test_shown_numbers_agree_with_the_verdict(file: int, available: int, kv: int, n_ctx: int) -> None:
    estimate = memory_estimate(file, kv, n_ctx, 500_000_000, available)
    needed, free = (
        float(words.split()[0]) for words in estimate.sentence.partition(" = ")[2].split(" needed, ")
    )
    assert (needed <= free) == estimate.fits == (estimate.needed <= available)


def test_facts_of_this_machine_are_plausible(tmp_path: Path) -> None:
    facts = machine_facts(tmp_path / "not" / "there" / "yet")
    assert 1 <= facts.physical_cores <= facts.logical_cores
    assert 0 < facts.available_memory <= facts.total_memory
    assert facts.free_disk > 0
    assert "msgspec" in facts.libraries
    assert facts.system
    assert facts.architecture


@pytest.mark.parametrize(
    ("text", "name", "features"),
    [
        (
            "processor\t: 0\nmodel name\t: Intel(R) Core(TM) i5-8250U\nflags\t\t: fpu sse4_2 avx f16c avx2 fma\n",
            "Intel(R) Core(TM) i5-8250U",
            ("sse4.2", "avx", "avx2", "fma", "f16c"),
        ),
        ("processor\t: 0\nFeatures\t: fp asimd aes\n", "", ("neon",)),
        ("", "", ()),
    ],
)
def test_linux_cpuinfo_is_read(text: str, name: str, features: tuple[str, ...]) -> None:
    assert from_cpuinfo(text) == (name, features)


def test_macos_sysctl_is_read() -> None:
    intel = (
        "machdep.cpu.brand_string: Intel(R) Core(TM) i7\nmachdep.cpu.features: FPU SSE4.2 AVX1.0 FMA F16C\n"
        "machdep.cpu.leaf7_features: BMI1 AVX2\n"
    )
    assert from_sysctl(intel) == ("Intel(R) Core(TM) i7", ("sse4.2", "avx", "avx2", "fma", "f16c"))
    assert from_sysctl("machdep.cpu.brand_string: Apple M2\nhw.optional.neon: 1\n") == ("Apple M2", ("neon",))
