"""Compile llama-cpp-python for this machine and install it.

There is no ready-made package of it, so its source is unpacked into `.cache/setup` and built there: a folder that
stays, so that a build that was stopped continues at the file it had reached. The finished wheel is kept in the user's
cache folder, where the next checkout on this machine finds it.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import tarfile
from pathlib import Path

from places import LOG, PIP, ROOT, WORK, ask_venv, digest, pinned, user_cache
from progress import SetupError, run

NAME = "llama-cpp-python"
ONLY_LLAMA = ROOT / "packaging" / "dev" / "only_llama.cmake"
# OpenMP's threads spin while they wait, which slows a busy machine down; one thread decodes as fast without it.
FLAGS = "-DGGML_OPENMP=OFF -DLLAVA_BUILD=OFF"
CPU_MINUTES = 6  # measured; compilers run side by side, one a core


def key() -> str:
    """Return a fingerprint of all that the compiled engine depends on, the processor included."""
    return digest(pinned(NAME), FLAGS, ONLY_LLAMA.read_text(encoding="utf-8"), _processor())


def what() -> str:
    """Say what installing the engine means on this machine."""
    if _kept_wheel():
        return "install llama.cpp, which was compiled on this machine before (20 s)"
    if (WORK / "build").is_dir():
        return "go on compiling llama.cpp where it was stopped"
    cores = os.cpu_count() or 1
    minutes = max(1, round(CPU_MINUTES / cores))
    return f"compile llama.cpp for this machine (77 MB to download, then about {minutes} min on {cores} idle cores)"


def loads() -> bool:
    """Tell whether the pinned version is installed in the virtual environment and can be loaded."""
    code = "import llama_cpp; llama_cpp.llama_print_system_info(); print(llama_cpp.__version__)"
    return pinned(NAME).startswith(f"{NAME}=={ask_venv(code)} ")


def need_a_compiler() -> None:
    """Stop early, before anything is downloaded, if the engine cannot be compiled here.

    Raises:
        SetupError: there is no C++ compiler.
    """
    if _kept_wheel():
        return
    if os.name == "nt":
        base = os.environ.get("PROGRAMFILES(X86)", "C:\\Program Files (x86)")
        if shutil.which("cl") or Path(base, "Microsoft Visual Studio", "Installer", "vswhere.exe").exists():
            return
        todo = 'install "Desktop development with C++" of the Visual Studio Build Tools'
    else:
        named = os.environ.get("CXX", "").split()[:1]
        if any(shutil.which(name) for name in (*named, "c++", "g++", "clang++")):
            return
        todo = "install one (Debian: sudo apt-get install g++; macOS: xcode-select --install)"
    raise SetupError(
        f"llama.cpp has to be compiled and there is no C++ compiler here: {todo}, then start again."
    )


def install() -> None:
    """Install the engine, compiling it first unless this machine has done so before.

    Raises:
        SetupError: a step did not work, or the result cannot be loaded.
    """
    wheel = _kept_wheel() or _keep(_compile(_unpacked_source()))
    run(
        [*PIP, "install", "--no-deps", "--no-index", "--force-reinstall", wheel],
        title="installing llama.cpp",
    )
    if not loads():
        shutil.rmtree(wheel.parent)
        raise SetupError(
            f"{NAME} is installed but cannot be loaded; see {LOG}. The next setup compiles it anew."
        )


def _unpacked_source() -> Path:
    source = WORK / digest(pinned(NAME))[:8]
    if not source.is_dir():
        WORK.mkdir(parents=True, exist_ok=True)
        wanted = WORK / "engine.txt"
        wanted.write_text(pinned(NAME), encoding="utf-8")
        run(
            [
                *PIP,
                "download",
                "--no-deps",
                "--no-build-isolation",
                "--no-binary=:all:",
                "-r",
                wanted,
                "-d",
                WORK,
            ],
            title="source of llama.cpp",
            status=lambda line: line.strip() if "Downloading" in line else None,
            hint="Is the package index within reach?",
        )
        archive = next(WORK.glob("llama_cpp_python-*.tar.gz"))
        half = source.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        with tarfile.open(archive) as tar:
            tar.extractall(half)  # its hash is pinned
        next(half.iterdir()).rename(source)
        half.rmdir()
        archive.unlink()
    return source


def _compile(source: Path) -> Path:
    hook = ONLY_LLAMA.as_posix()
    build = ("-w", WORK / "wheel", "--config-settings", f"build-dir={WORK / 'build'}")
    run(
        [*PIP, "wheel", "-v", "--no-deps", "--no-index", "--no-build-isolation", *build, source],
        title="compiling llama.cpp",
        status=_compile_status,
        env={"CMAKE_ARGS": f'{FLAGS} -DCMAKE_PROJECT_llama_cpp_INCLUDE="{hook}"'},
    )
    return next((WORK / "wheel").glob("*.whl"))


def _compile_status(line: str) -> str | None:
    step = re.match(r"\s*\[(\d+/\d+)\]", line)
    return step[1] if step else None


def _keep(wheel: Path) -> Path:
    kept = _shelf() / wheel.name
    half = kept.with_suffix(".half")
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(wheel, half)
    half.replace(kept)
    shutil.rmtree(WORK)  # 700 MB
    return kept


def _kept_wheel() -> Path | None:
    return next(_shelf().glob("*.whl"), None)


def _shelf() -> Path:
    return user_cache() / "wheels" / key()[:16]


def _processor() -> str:
    """Name the instruction sets the compiler may use: the same home folder may serve several machines."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
        flags = re.search(r"^(?:flags|Features)\s*:(.*)$", text, flags=re.MULTILINE)
        if flags:
            return platform.machine() + flags[1]
    return f"{platform.system()} {platform.machine()} {platform.processor()}"
