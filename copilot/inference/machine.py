"""What this machine has, and whether a model fits into its memory."""

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil

from copilot.support.i18n import figure, tr

_LIBRARIES = ("llama-cpp-python", "PySide6-Essentials", "apsw-sqlite3mc", "httpx", "msgspec", "psutil")
# What llama.cpp's CPU variants ask for, and what the three systems call it.
_FEATURES = {
    "sse4.2": ("sse4_2", "sse4.2"),
    "avx": ("avx", "avx1.0"),
    "avx2": ("avx2",),
    "fma": ("fma",),
    "f16c": ("f16c",),
    "avx512": ("avx512f",),
    "neon": ("asimd", "neon"),
}


@dataclass(frozen=True)
class MemoryEstimate:
    """Whether a model fits into the free memory.

    Attributes:
        needed: Bytes that the model will take.
        available: Bytes that are free now.
        fits: Whether it fits.
        sentence: The sum, for people.
    """

    needed: int
    available: int
    fits: bool
    sentence: str


@dataclass(frozen=True)
class MachineFacts:
    """What a report about speed or a crash must say.

    Attributes:
        system: Name and version of the operating system.
        architecture: Instruction set, such as `x86_64`.
        cpu: Name of the processor; empty if the system does not tell.
        physical_cores: Cores; the logical number where the system does not tell.
        logical_cores: Hardware threads.
        cpu_features: Those of `sse4.2 avx avx2 fma f16c avx512 neon` that are known to be there. Windows does not
            tell about fma and f16c.
        total_memory: Bytes of memory.
        available_memory: Bytes that can be used without swapping.
        free_disk: Bytes free where the folder lies.
        python: Version of Python.
        libraries: Versions of the libraries that matter; those that are not installed are left out.
    """

    system: str
    architecture: str
    cpu: str
    physical_cores: int
    logical_cores: int
    cpu_features: tuple[str, ...]
    total_memory: int
    available_memory: int
    free_disk: int
    python: str
    libraries: Mapping[str, str]


def memory_estimate(
    file_bytes: int, kv_bytes_per_token: int, n_ctx: int, overhead: int, available: int
) -> MemoryEstimate:
    """Add up what a model needs: file + KV cache of the whole context + overhead.

    Args:
        file_bytes: Size of the model file.
        kv_bytes_per_token: Bytes of KV cache a token.
        n_ctx: Tokens of context.
        overhead: Bytes beside both.
        available: Bytes of memory that are free.
    """
    parts = (file_bytes, kv_bytes_per_token * n_ctx, overhead)
    needed = sum(parts)
    fits = needed <= available
    # The shown sum is that of the shown parts, and the shown comparison is the true one: one decimal where that
    # allows it, more where it is close.
    for decimals in (1, 2, 3, 9):
        shown = [round(part / 1e9, decimals) for part in parts]
        shown_sum, shown_free = round(sum(shown), decimals), round(available / 1e9, decimals)
        if (shown_sum <= shown_free) == fits:
            break
    file, cache, rest = (figure(value, decimals) for value in shown)
    sentence = tr(
        "{file} GB file + {cache} GB for {tokens} tokens + {rest} GB = {needed} GB needed, {free} GB free"
    ).format(
        file=file,
        cache=cache,
        tokens=figure(n_ctx),
        rest=rest,
        needed=figure(shown_sum, decimals),
        free=figure(shown_free, decimals),
    )
    return MemoryEstimate(needed, available, fits, sentence)


def machine_facts(folder: Path) -> MachineFacts:
    """Look at the machine; `folder`, which need not exist yet, tells which disk is meant."""
    memory = psutil.virtual_memory()
    logical = psutil.cpu_count(logical=True) or 1
    cpu, features = _cpu()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return MachineFacts(
        system=f"{platform.system()} {platform.release()}",
        architecture=platform.machine(),
        cpu=cpu,
        physical_cores=psutil.cpu_count(logical=False) or logical,
        logical_cores=logical,
        cpu_features=features,
        total_memory=memory.total,
        available_memory=memory.available,
        free_disk=shutil.disk_usage(folder).free,
        python=platform.python_version(),
        libraries=_versions(_LIBRARIES),
    )


def from_cpuinfo(text: str) -> tuple[str, tuple[str, ...]]:
    """Return name and features from Linux's `/proc/cpuinfo`, x86 or ARM."""
    name = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", text, re.MULTILINE)
    return name[1].strip() if name else "", _known(flags[1].split() if flags else ())


def from_sysctl(text: str) -> tuple[str, tuple[str, ...]]:
    """Return name and features from the lines of macOS's `sysctl`, asked as in `_cpu`."""
    values = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    names = " ".join(values.get(key, "") for key in ("machdep.cpu.features", "machdep.cpu.leaf7_features"))
    words = [*names.lower().split(), *(("neon",) if values.get("hw.optional.neon") == "1" else ())]
    return values.get("machdep.cpu.brand_string", ""), _known(words)


def _known(words: Iterable[str]) -> tuple[str, ...]:
    present = set(words)
    return tuple(name for name, aliases in _FEATURES.items() if present.intersection(aliases))


def _versions(names: Iterable[str]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


if sys.platform == "win32":
    import ctypes
    import winreg

    # winnt.h: PF_SSE4_2, PF_AVX, PF_AVX2, PF_AVX512F, PF_ARM_NEON; there are none for FMA and F16C.
    _PROCESSOR_FEATURES = {38: "sse4_2", 39: "avx", 40: "avx2", 41: "avx512f", 19: "neon"}

    def _cpu() -> tuple[str, tuple[str, ...]]:
        present = ctypes.windll.kernel32.IsProcessorFeaturePresent
        features = _known(name for number, name in _PROCESSOR_FEATURES.items() if present(number))
        try:
            with winreg.OpenKey(
                winreg.HKEY_LOCAL_MACHINE, r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
            ) as key:
                return str(winreg.QueryValueEx(key, "ProcessorNameString")[0]).strip(), features
        except OSError:
            return platform.processor(), features

elif sys.platform == "darwin":

    def _cpu() -> tuple[str, tuple[str, ...]]:
        keys = (
            "machdep.cpu.brand_string",
            "machdep.cpu.features",
            "machdep.cpu.leaf7_features",
            "hw.optional.neon",
        )
        try:
            # A key that this Mac does not have makes the status 1; the others are printed all the same.
            done = subprocess.run(
                ["/usr/sbin/sysctl", *keys],
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=5,
                check=False,
                env={**os.environ, "LC_ALL": "C"},
            )
        except (OSError, subprocess.TimeoutExpired):
            return platform.processor(), ()
        return from_sysctl(done.stdout)

else:

    def _cpu() -> tuple[str, tuple[str, ...]]:
        try:
            return from_cpuinfo(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return platform.processor(), ()
