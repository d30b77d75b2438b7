"""How well the embedded recogniser hears a dealership's callers on a telephone line, and how long a final takes it.

Hypothesis: of strangers' sentences (voices, accents and wordings that chose nothing) at most a tenth of the words and a
tenth of the days, times, services and numbers are lost at 20 dB over line noise. Control: the same with the voices and
sentences that the models were made with. Texts: `recognition/sentences/*.tsv` (what is expected, sentence).

    python benchmarks/stt.py [--set dev|heldout] [--every 1] [--snr 20] [--browser] [--json FILE] [--show]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).with_name("recognition")))

import line
import msgspec
import numpy as np

from offhook.contracts.speech import Hypothesis
from offhook.desks.dealership.speech import speech_domain
from offhook.providers.stt.pocketsphinx import hearing
from offhook.providers.stt.pocketsphinx.features import LineSpectra
from offhook.providers.stt.pocketsphinx.models import DomainModels
from offhook.providers.stt.pocketsphinx.recogniser import Heard, Recogniser
from offhook.understanding.model import Command, Context
from offhook.understanding.nbest import understand_best
from support.understanding_world import SERVICES, UNDERSTANDER, booking, world

_VALUES = ("date", "time", "daypart", "service", "phone", "name")
_ASKED = {
    "datetime": "datetime",
    "date": "date",
    "time": "time",
    "service": "service",
    "name": "name",
    "phone": "phone",
}


@dataclass(frozen=True)
class Job:
    kind: str
    text: str
    voice: line.Voice
    snr_db: float
    seed: int
    in_browser: bool = False


@dataclass(frozen=True)
class Result:
    job: Job
    heard: Heard
    decode_ms: float
    errors: int
    """Words wrong, missing or too many."""
    said: dict[str, str]
    """Act and values of the sentence as it was meant, and as the dialogue takes what was heard."""
    taken: dict[str, str]
    sure: bool


def jobs(name: str, every: int, snr_db: float, *, in_browser: bool = False) -> list[Job]:
    path = Path(__file__).with_name("recognition") / "sentences" / f"{name}.tsv"
    rows = [row.split("\t") for row in path.read_text(encoding="utf-8").splitlines()]
    voices = line.DEV_VOICES if name == "dev" else line.HELD_OUT_VOICES
    made = [
        Job(kind, text, voice, snr_db, n * 10 + v, in_browser)
        for n, (kind, text) in enumerate(rows)
        for v, voice in enumerate(voices)
    ]
    return [job for n, job in enumerate(made) if n % every == 0]


def word_errors(reference: list[str], found: list[str]) -> int:
    row = list(range(len(found) + 1))
    for i, wanted in enumerate(reference, 1):
        corner, row[0] = row[0], i
        for j, word in enumerate(found, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (wanted != word))
    return row[-1]


def meaning(heard: tuple[tuple[str, float], ...], kind: str) -> tuple[dict[str, str], bool]:
    """(act and values that the dialogue takes, whether it takes them without asking)"""
    context = Context()
    if kind in _ASKED:
        context = booking(_ASKED[kind])
    elif kind == "yes_no":
        given = {"service": "Oil change", "date": "2026-11-26", "time": "10:00"}
        context = Context(pending=Command(intent="service.book", slots=dict(given)), asked="confirm")
    understood = understand_best(UNDERSTANDER, [Hypothesis(*one) for one in heard], world(), context)
    if not understood.commands:
        return {"act": "none"}, False
    command = understood.commands[0]
    values = {slot: str(command.slots[slot]) for slot in _VALUES if command.slots.get(slot)}
    return {"act": command.intent, **values}, not understood.problems


class _Machine:
    """What each process needs, made once."""

    recogniser: Recogniser
    hears: hearing.Hearing


def begin(hearing_path: Path, folder: Path) -> None:
    domain = speech_domain([(name, aliases) for name, aliases in SERVICES.items()])
    path = folder / "dealership.domain"
    if not path.exists():
        partial = folder / f"{os.getpid()}"
        partial.write_bytes(msgspec.msgpack.encode(domain))
        partial.replace(path)
    _Machine.hears = hearing.load(hearing_path)
    _Machine.recogniser = Recogniser(DomainModels(path, _Machine.hears))


def listen(job: Job) -> Result:
    path = line.in_a_browser if job.in_browser else line.spoken
    pcm = path(job.voice, job.text, job.snr_db, job.seed)
    spectra = LineSpectra().push(pcm)
    began = time.perf_counter()
    heard = _Machine.recogniser.whole(_Machine.hears(spectra, spectra.mean(axis=0)), job.kind)
    decode_ms = (time.perf_counter() - began) * 1000.0
    errors = word_errors(job.text.split(), heard.text.split())
    said, _ = meaning(((job.text, 0.0),), job.kind)
    taken, sure = meaning(heard.alternatives or ((heard.text, 0.0),), job.kind)
    return Result(job, heard, decode_ms, errors, said, taken, sure)


def summary(results: list[Result]) -> dict[str, float]:
    def lost(slot: str, *, silently: bool = False) -> float:
        having = [r for r in results if slot in r.said or slot in r.taken]
        wrong = [r for r in having if r.said.get(slot) != r.taken.get(slot)]
        if silently:
            wrong = [r for r in wrong if r.sure and slot in r.taken]
        return round(len(wrong) / max(1, len(having)), 4)

    words = sum(len(r.job.text.split()) for r in results)
    return {
        "sentences": len(results),
        "word_error_rate": round(sum(r.errors for r in results) / max(1, words), 4),
        "sentence_error_rate": round(sum(r.errors > 0 for r in results) / max(1, len(results)), 4),
        "meaning_lost": round(sum(r.said != r.taken for r in results) / max(1, len(results)), 4),
        **{f"{slot}_lost": lost(slot) for slot in ("service", "date", "time", "phone", "name")},
        **{f"{slot}_wrong_unasked": lost(slot, silently=True) for slot in ("service", "date", "time", "phone")},
        "decode_mean_ms": round(float(np.mean([r.decode_ms for r in results])), 1),
        "decode_p95_ms": round(float(np.percentile([r.decode_ms for r in results], 95)), 1),
    }


def run(
    name: str, every: int, snr_db: float, hearing_path: Path, processes: int = 2, *, in_browser: bool = False
) -> list[Result]:
    wanted = jobs(name, every, snr_db, in_browser=in_browser)
    line.ensure_spoken([(job.voice, job.text) for job in wanted])
    with (
        tempfile.TemporaryDirectory() as folder,
        multiprocessing.get_context("fork").Pool(processes, begin, (hearing_path, Path(folder))) as pool,
    ):
        return pool.map(listen, wanted, chunksize=4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=("dev", "heldout"), default="dev")
    parser.add_argument("--every", type=int, default=1, help="take each n-th sentence and voice only")
    parser.add_argument("--snr", type=float, default=20.0)
    parser.add_argument("--browser", action="store_true", help="a browser's 16 kHz in place of a telephone line")
    parser.add_argument("--hearing", type=Path, default=hearing.DATA)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", action="store_true", help="print what was misheard")
    given = parser.parse_args()
    results = run(given.set, given.every, given.snr, given.hearing, in_browser=given.browser)
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[f"voice {result.job.voice.name}"].append(result)
        groups[f"expecting {result.job.kind}"].append(result)
        if given.show and result.said != result.taken:
            sys.stdout.write(
                f"{result.job.voice.name:15} {result.job.kind:8} {result.job.text!r} -> {result.heard.text!r}\n"
            )
    report = {
        "machine": {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()[0]},
        "set": given.set,
        "snr_db": given.snr,
        "all": summary(results),
        "parts": {
            key: {k: v for k, v in summary(part).items() if k in ("word_error_rate", "meaning_lost")}
            for key, part in sorted(groups.items())
        },
    }
    sys.stdout.write(json.dumps(report["all"] if given.show else report, indent=1) + "\n")
    if given.json is not None:
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
