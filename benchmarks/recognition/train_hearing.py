"""Trains `hearing.npz`: which state of which phone each 10 ms of a telephone line are.

    for n in 1 2 3 4; do python benchmarks/recognition/training_speech.py $n 150 shards/$n.npz; done
    python benchmarks/recognition/train_hearing.py shards/*.npz --minutes 20 --out hearing.npz

Shards are small because espeak-ng crashes at times; one that is missing is left out or made again. The committed ones
are of 39: `--rounds 5`, then with `--begin` another `--rounds 5`. Needs torch, which the project does not:
install it into an environment of its own. A small network is trained with cross entropy through a narrow layer, whose
values are what the decoder gets; the layer behind it becomes the decoder's Gaussians
(providers/stt/pocketsphinx/hearing.py). Training can be stopped and taken up again: its state is kept beside the output
(`.state`).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

CONTEXT = 10
HIDDEN = 512
FEATURES = 39
FILTERS = 20
STATES = 120
"""Three of each phone."""
RAREST = 1e-4
"""Share of the frames that the rarest state is taken to have."""
BATCH_FRAMES = 8000


class Hearing(nn.Module):
    def __init__(self, states: int) -> None:
        super().__init__()
        width = (2 * CONTEXT + 1) * FILTERS
        self.first = nn.Linear(width, HIDDEN)
        self.second = nn.Linear(HIDDEN, HIDDEN)
        self.narrow = nn.Linear(HIDDEN, FEATURES)
        self.states = nn.Linear(FEATURES, states)

    def forward(self, windows: Tensor) -> Tensor:
        active = torch.relu(self.first(windows))
        active = torch.relu(self.second(active))
        return self.states(self.narrow(active))


class Speech:
    """Shards in memory; utterances as windows of normalised spectra."""

    def __init__(self, paths: list[Path]) -> None:
        self.lines: list[np.ndarray] = []
        self.states: list[np.ndarray] = []
        for path in paths:
            with np.load(path) as data:
                line, states = data["line"].astype(np.float32), data["state"].astype(np.int64)
                start = 0
                for end in data["ends"]:
                    self.lines.append(line[start:end] - line[start:end].mean(axis=0))
                    self.states.append(states[start:end])
                    start = int(end)
        self.scale = np.concatenate(self.lines[:400]).std(axis=0).astype(np.float32)

    def windows(self, number: int) -> Tensor:
        padded = np.pad(self.lines[number] / self.scale, ((CONTEXT, CONTEXT), (0, 0)), mode="edge")
        seen = np.lib.stride_tricks.sliding_window_view(padded, 2 * CONTEXT + 1, axis=0).transpose(0, 2, 1)
        return torch.tensor(np.ascontiguousarray(seen).reshape(len(seen), -1))


def batches(speech: Speech, numbers: np.ndarray) -> list[list[int]]:
    made: list[list[int]] = [[]]
    frames = 0
    for number in numbers:
        if frames > BATCH_FRAMES:
            made.append([])
            frames = 0
        made[-1].append(int(number))
        frames += len(speech.lines[number])
    return made


class Training:
    def __init__(self, speech: Speech, total: int) -> None:
        self.speech = speech
        counts = np.bincount(np.concatenate(speech.states), minlength=STATES).astype(np.float32)
        self.prior = (counts + counts.sum() * RAREST) / (counts + counts.sum() * RAREST).sum()
        self.net = Hearing(STATES)
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=1e-3, weight_decay=1e-3)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(self.optimizer, 2e-3, total_steps=total + 1, pct_start=0.15)
        self.step = 0

    def losses(self, batch: list[int]) -> tuple[Tensor, Tensor]:
        """(cross entropy, share of frames that are taken for a state of the right phone)"""
        target = torch.cat([torch.tensor(self.speech.states[number]) for number in batch])
        scores = self.net(torch.cat([self.speech.windows(number) for number in batch]))
        right = (scores.detach().argmax(dim=1) // 3 == target // 3).float().mean()
        return nn.functional.cross_entropy(scores, target), right

    def learn(self, batch: list[int]) -> float:
        loss, _ = self.losses(batch)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        self.step += 1
        return float(loss.detach())

    def save(self, out: Path) -> None:
        w = {name: value.detach().numpy() for name, value in self.net.state_dict().items()}
        arrays = {
            "scale": self.speech.scale,
            "first": w["first.weight"].T, "first_bias": w["first.bias"],
            "second": w["second.weight"].T, "second_bias": w["second.bias"],
            "narrow": w["narrow.weight"].T, "narrow_bias": w["narrow.bias"],
            "states": w["states.weight"], "states_bias": w["states.bias"], "log_prior": np.log(self.prior),
        }  # fmt: skip
        np.savez_compressed(out, context=np.int64(CONTEXT), **{k: v.astype(np.float16) for k, v in arrays.items()})

    def keep(self, path: Path) -> None:
        """What `resume` takes up again."""
        kept = {"net": self.net.state_dict(), "optimizer": self.optimizer.state_dict()}
        torch.save({**kept, "schedule": self.schedule.state_dict(), "step": self.step}, path)

    def resume(self, path: Path) -> None:
        kept = torch.load(path)
        self.net.load_state_dict(kept["net"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.schedule.load_state_dict(kept["schedule"])
        self.step = kept["step"]

    def judge(self, numbers: np.ndarray) -> str:
        """How it does on utterances that it is not taught."""
        with torch.no_grad():
            rows = [[float(value) for value in self.losses(batch)] for batch in batches(self.speech, numbers)]
        entropy, right = np.array(rows).mean(axis=0)
        return f"entropy {entropy:.3f}, right {right:.3f}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("shards", nargs="+", type=Path)
    options.add_argument("--out", type=Path, default=Path("hearing.npz"))
    options.add_argument("--rounds", type=float, default=3.0, help="times through the speech with cross entropy")
    options.add_argument("--begin", type=Path, help="the .state of another training, to begin with its weights")
    options.add_argument("--minutes", type=float, default=1e9, help="stop after these; the next start goes on")
    given = options.parse_args()
    torch.manual_seed(1)
    ends_s = time.monotonic() + given.minutes * 60
    speech = Speech(given.shards)
    unseen = np.arange(0, len(speech.lines), 100)
    taught = np.setdiff1d(np.arange(len(speech.lines)), unseen)
    total = int(given.rounds * len(batches(speech, taught)))
    training = Training(speech, total)
    state = given.out.with_suffix(".state")
    if state.exists():
        training.resume(state)
    elif given.begin is not None:
        training.net.load_state_dict(torch.load(given.begin)["net"])
    sys.stdout.write(f"{len(speech.lines)} utterances, step {training.step} of {total}\n")
    while training.step < total and time.monotonic() < ends_s:
        order = np.random.default_rng(training.step).permutation(taught)
        losses: list[float] = []
        for batch in batches(speech, order):
            if training.step >= total or time.monotonic() >= ends_s:
                break
            losses.append(training.learn(batch))
        sys.stdout.write(f"{training.step}: taught {np.mean(losses):.3f}; unseen: {training.judge(unseen)}\n")
        sys.stdout.flush()
        training.save(given.out)
        training.keep(state)


if __name__ == "__main__":
    main()
