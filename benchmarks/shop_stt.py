"""How well the embedded recogniser hears a shopkeeper's Hindi on a telephone line, and whether the book would be right.

Hypothesis: of sentences that are no part of the templates at most a fifth of the words is lost and at most a tenth of
the sentences becomes another command than was said; none of them a write with another amount or name that nobody asks
about. Voices: espeak-ng's Hindi with three timbres; pronunciations come from the same program, so people are harder.
Texts: `recognition/sentences/shop.tsv` (what is expected, sentence).

    python benchmarks/shop_stt.py [--snr 20] [--show] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).with_name("recognition")))

import line
import msgspec
import numpy as np
import yaml

import offhook.desks.shop
from offhook.contracts.speech import Hypothesis
from offhook.desks.registry import understander_of
from offhook.desks.shop.speech import speech_domain
from offhook.providers.stt.pocketsphinx import hearing
from offhook.providers.stt.pocketsphinx.features import LineSpectra
from offhook.providers.stt.pocketsphinx.models import DomainModels
from offhook.providers.stt.pocketsphinx.recogniser import Recogniser
from offhook.understanding.model import Command, Context, World
from offhook.understanding.nbest import understand_best

VOICES = (line.Voice("hi", 150), line.Voice("hi+f2", 160), line.Voice("hi+m3", 145))
NOW = datetime(2026, 11, 25, 11, 30, tzinfo=ZoneInfo("Asia/Kolkata"))
_ASKED = {
    "yes_no": Context(
        pending=Command(intent="payment.record", slots={"customer": "Rahul Sharma", "amount": 500}), asked="confirm"
    ),
    "name": Context(pending=Command(intent="balance.check"), asked="customer"),
}


def demo() -> World:
    path = Path(offhook.desks.shop.__file__).with_name("demo.yaml")
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return World(
        now=NOW,
        tz="Asia/Kolkata",
        customers=tuple(one["name"] for one in data["customers"]),
        customer_aliases={one["name"]: tuple(one.get("aliases", ())) for one in data["customers"]},
        products={one["name"]: tuple(one.get("aliases", ())) for one in data["products"]},
    )


def words_wrong(reference: list[str], found: list[str]) -> int:
    row = list(range(len(found) + 1))
    for i, wanted in enumerate(reference, 1):
        corner, row[0] = row[0], i
        for j, word in enumerate(found, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (wanted != word))
    return row[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--snr", type=float, default=20.0)
    parser.add_argument("--show", action="store_true", help="print what was taken for something else")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows = [
        row.split("\t")
        for row in Path(__file__)
        .with_name("recognition")
        .joinpath("sentences", "shop.tsv")
        .read_text(encoding="utf-8")
        .splitlines()
    ]
    world, reader = demo(), understander_of("shop")
    key = reader.language.key  # type: ignore[attr-defined]  # of the shop's understander
    goods = [text for name, aliases in world.products.items() for text in (name, *aliases)]
    line.ensure_spoken([(voice, text) for _, text in rows for voice in VOICES])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "shop.domain")
        path.write_bytes(msgspec.msgpack.encode(speech_domain(world.customers, goods)))
        hears = hearing.load(hearing.DATA)
        recogniser = Recogniser(DomainModels(path, hears))
        wrong = total = other = silent = 0
        took: list[float] = []
        for n, (kind, text) in enumerate(rows):
            context = _ASKED.get(kind, Context())
            meant = reader.understand(text, world, context)
            for v, voice in enumerate(VOICES):
                spectra = LineSpectra().push(line.spoken(voice, text, given.snr, n * 10 + v))
                began = time.perf_counter()
                heard = recogniser.whole(hears(spectra, spectra.mean(axis=0)), kind)
                took.append((time.perf_counter() - began) * 1000)
                # A name may be written in either alphabet: words count as the same when their keys are.
                wrong += words_wrong([key(w) for w in text.split()], [key(w) for w in heard.text.split()])
                total += len(text.split())
                n_best = [Hypothesis(*one) for one in heard.alternatives or ((heard.text, 0.0),)]
                taken = understand_best(reader, n_best, world, context)
                if kind in ("pin", "choice") or taken.commands == meant.commands:
                    continue
                other += 1
                silent += taken.decision == "execute" and taken.commands[0].intent in ("payment.record", "credit.add")
                if given.show:
                    sys.stdout.write(f"{voice.name:6} {text!r} -> {heard.text!r} ({taken.decision})\n")
    report = {
        "sentences": len(rows) * len(VOICES),
        "snr_db": given.snr,
        "word_error_rate": round(wrong / total, 4),
        "another_command": round(other / (len(rows) * len(VOICES)), 4),
        "money_written_otherwise": silent,
        "decode_ms": {"mean": round(float(np.mean(took)), 1), "p95": round(float(np.percentile(took, 95)), 1)},
    }
    text = json.dumps(report, indent=2) + "\n"
    if given.json is not None:
        given.json.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
