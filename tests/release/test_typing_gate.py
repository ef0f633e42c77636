"""Takes lines that show what was not released, gives proof that the type checker refuses each."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TYPING_GATE = Path(__file__).with_name("typing_gate.py.txt")


def test_the_type_checker_refuses_what_was_not_released(tmp_path):
    """Mypy reports an error of arguments on each line marked so, and on no other."""
    script = tmp_path / "typing_gate.py"
    text = TYPING_GATE.read_text(encoding="utf-8")
    script.write_text(text, encoding="utf-8")
    marked = {number: re.findall(r"# refused: ([a-z-]+)", line) for number, line in enumerate(text.splitlines(), start=1)}
    expected = {number: codes[0] for number, codes in marked.items() if codes}
    command = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--follow-imports=silent"]
    command += ["--no-error-summary", "--cache-dir", str(ROOT / ".mypy_cache"), str(script)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    reported = re.findall(r"typing_gate\.py:(\d+): error: .*\[([a-z-]+)\]", ran.stdout)
    assert {int(line): code for line, code in reported} == expected, ran.stdout + ran.stderr
    assert len(expected) >= 10
