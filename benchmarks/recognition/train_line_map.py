"""Trains `line_map.npz`: what a telephone leaves of speech -> cepstra in which the acoustic model tells its senones.

    for n in 1 2 3 4; do python benchmarks/recognition/training_speech.py $n 1300 shards/$n.npz; done
    python benchmarks/recognition/train_line_map.py shards/*.npz --minutes 20 --out line_map.npz

Needs torch, which the project does not: install it into an environment of its own. First the network learns the mean
cepstra of each frame's senone, which puts it near the model; then its cepstra, the deltas of them and the model's own
Gaussians together are trained to give the right senone more likelihood than all others (cross entropy; the idea of
Povey et al. 2005, "fMPE"). The Gaussians stay as they are: decoding needs no other model. Training can be stopped and
taken up again: the state is kept beside the output (`.state`).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import acoustic_model
import numpy as np
import torch
from torch import Tensor, nn

CONTEXT = 8
HIDDEN = 320
FILTERS, CEPSTRA = 20, 13
SHARPNESS = 0.3
"""Likelihoods count with this exponent against each other, about as they do beside a language model."""
REACH = 3
"""Frames that deltas of deltas reach to each side."""
BATCH_FRAMES = 8000
LOOKED_AT = 0.25
"""Share of the frames that are judged in each round: neighbours are much alike."""
LOOKED_AT_QUIET = 0.08
WARMING = 120
"""Batches for nearness alone, before the entropy counts."""


class LineMap(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        width = (2 * CONTEXT + 1) * FILTERS
        self.first = nn.Linear(width, HIDDEN)
        self.second = nn.Linear(HIDDEN, HIDDEN)
        self.out = nn.Linear(HIDDEN, CEPSTRA)
        self.linear = nn.Linear(width, CEPSTRA, bias=False)

    def forward(self, windows: Tensor) -> Tensor:
        active = torch.relu(self.first(windows))
        active = torch.relu(self.second(active))
        return self.out(active) + self.linear(windows)


class Senones:
    """Log-likelihoods of senones, as the acoustic model counts them."""

    def __init__(self, model: acoustic_model.AcousticModel) -> None:
        books = len(model.means)
        precision = 1.0 / model.variances
        constant = -0.5 * (np.log(2 * np.pi / precision).sum(-1) + (model.means**2 * precision).sum(-1))
        factors = np.concatenate([model.means * precision, -0.5 * precision], axis=-1)
        self._factors = torch.tensor(factors.transpose(1, 3, 0, 2).reshape(3, 2 * CEPSTRA, -1).copy())
        self._constant = torch.tensor(constant.transpose(1, 0, 2).reshape(3, 1, -1).copy())
        weights = np.exp(model.log_weights)
        self._weights = torch.tensor(weights.transpose(0, 2, 1).copy())
        whole = [[weights[s][:, 3 * book : 3 * book + 3] for book in range(books)] for s in range(3)]
        self._whole = torch.tensor(np.array(whole))
        self._book = torch.tensor(model.codebook)
        self._state = torch.tensor(model.state)
        prior = weights[0] / weights[0].sum(0)
        self.mean_cepstra = np.einsum("sdc,ds->sc", model.means[model.codebook, 0], prior).astype(np.float32)

    def __call__(self, streams: Tensor, senones: Tensor) -> tuple[Tensor, Tensor]:
        """(frames, 3, 13), (frames,) -> scores of the given senones, and (frames, phones, 3) of whole phones."""
        frames = len(streams)
        own, rivals = torch.zeros(()), torch.zeros(())
        book = self._book[senones]
        row = torch.arange(frames)
        for s in range(3):
            x = streams[:, s]
            densities = torch.cat([x, x * x], dim=1) @ self._factors[s] + self._constant[s]
            densities = densities.view(frames, -1, acoustic_model.DENSITIES)
            top = densities.amax(dim=2, keepdim=True).detach()
            shares = torch.exp(densities - top)
            top = top[..., 0]
            rivals = rivals + torch.log(torch.einsum("fbd,bds->fbs", shares, self._whole[s]) + 1e-10) + top[..., None]
            mine = (shares[row, book] * self._weights[s][senones]).sum(dim=1)
            own = own + torch.log(mine + 1e-10) + top[row, book]
        return own, rivals

    def place(self, senones: Tensor) -> tuple[Tensor, Tensor]:
        """(phone, which of its three states) of each senone."""
        return self._book[senones], self._state[senones]


def deltas(cepstra: Tensor) -> Tensor:
    """(utterance, 13) -> (utterance, 3, 13): `1s_c_d_dd`, edges repeated."""
    n = len(cepstra)
    at = lambda shift: cepstra[torch.arange(shift, n + shift).clamp(0, n - 1)]  # noqa: E731
    first = at(2) - at(-2)
    second = (at(3) - at(-1)) - (at(1) - at(-3))
    return torch.stack([cepstra, first, second], dim=1)


class Speech:
    """Shards in memory; utterances as windows of normalised spectra."""

    def __init__(self, paths: list[Path]) -> None:
        self.lines: list[np.ndarray] = []
        self.senones: list[np.ndarray] = []
        for path in paths:
            with np.load(path) as data:
                line, senone = data["line"].astype(np.float32), data["senone"].astype(np.int64)
                start = 0
                for end in data["ends"]:
                    self.lines.append(line[start:end] - line[start:end].mean(axis=0))
                    self.senones.append(senone[start:end])
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
    def __init__(self, speech: Speech, senones: Senones, quiet: np.ndarray, total: int) -> None:
        self.speech, self.senones = speech, senones
        self._looked_at = torch.where(torch.tensor(quiet), LOOKED_AT_QUIET, LOOKED_AT)
        self.means = torch.tensor(senones.mean_cepstra)
        self.net = LineMap()
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=1e-3, weight_decay=1e-4)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, 1.5e-3, total_steps=total + 1, pct_start=0.1
        )
        self.step = 0

    def losses(self, batch: list[int]) -> tuple[Tensor, Tensor, float]:
        """(distance to the senones' means, cross entropy, share of frames whose phone is the likeliest)"""
        windows = [self.speech.windows(number) for number in batch]
        target = torch.cat([torch.tensor(self.speech.senones[number]) for number in batch])
        cepstra = self.net(torch.cat(windows))
        distance = (cepstra - self.means[target]).square().mean()
        pieces = torch.split(cepstra, [len(w) for w in windows])
        streams = torch.cat([deltas(piece - piece.mean(dim=0)) for piece in pieces])
        keep = torch.rand(len(target)) < self._looked_at[target]
        target = target[keep]
        own, rivals = self.senones(streams[keep], target)
        # The senone stands in the place of its phone's state; all other states of all phones are its rivals.
        phone, state = self.senones.place(target)
        rivals = rivals.index_put((torch.arange(len(target)), phone, state), own)
        scores = rivals.flatten(1) * SHARPNESS
        place = phone * 3 + state
        entropy = nn.functional.cross_entropy(scores, place)
        right = (scores.detach().argmax(dim=1) // 3 == phone).float().mean()
        return distance, entropy, float(right)

    def warm(self, batch: list[int]) -> float:
        """Only the distance: quick."""
        windows = torch.cat([self.speech.windows(number) for number in batch])
        target = torch.cat([torch.tensor(self.speech.senones[number]) for number in batch])
        loss = (self.net(windows) - self.means[target]).square().mean()
        self._descend(loss)
        return float(loss.detach())

    def learn(self, batch: list[int]) -> float:
        _, entropy, _ = self.losses(batch)
        self._descend(entropy)
        return float(entropy.detach())

    def _descend(self, loss: Tensor) -> None:
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        self.step += 1

    def save(self, out: Path) -> None:
        w = {name: value.detach().numpy() for name, value in self.net.state_dict().items()}
        arrays = {
            "scale": self.speech.scale,
            "first": w["first.weight"].T, "first_bias": w["first.bias"],
            "second": w["second.weight"].T, "second_bias": w["second.bias"],
            "out": w["out.weight"].T, "out_bias": w["out.bias"],
            "linear": w["linear.weight"].T,
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
        distance, entropy, right = np.array(rows).mean(axis=0)
        return f"distance {distance:.1f}, entropy {entropy:.3f}, right {right:.3f}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("shards", nargs="+", type=Path)
    options.add_argument("--model", type=Path, required=True, help="folder of the en-us acoustic model")
    options.add_argument("--out", type=Path, default=Path("line_map.npz"))
    options.add_argument("--rounds", type=float, default=3.0, help="times through the speech with cross entropy")
    options.add_argument("--minutes", type=float, default=1e9, help="stop after these; the next start goes on")
    given = options.parse_args()
    torch.manual_seed(1)
    ends_s = time.monotonic() + given.minutes * 60
    speech = Speech(given.shards)
    model = acoustic_model.load(given.model)
    quiet = model.codebook == model.codebook[int(np.bincount(np.concatenate(speech.senones)).argmax())]
    unseen = np.arange(0, len(speech.lines), 100)
    taught = np.setdiff1d(np.arange(len(speech.lines)), unseen)
    total = WARMING + int(given.rounds * len(batches(speech, taught)))
    training = Training(speech, Senones(model), quiet, total)
    state = given.out.with_suffix(".state")
    if state.exists():
        training.resume(state)
    sys.stdout.write(f"{len(speech.lines)} utterances, step {training.step} of {total}\n")
    while training.step < total and time.monotonic() < ends_s:
        order = np.random.default_rng(training.step).permutation(taught)
        losses: list[float] = []
        for batch in batches(speech, order):
            if training.step >= total or time.monotonic() >= ends_s:
                break
            losses.append(training.warm(batch) if training.step < WARMING else training.learn(batch))
        sys.stdout.write(f"{training.step}: taught {np.mean(losses):.3f}; unseen: {training.judge(unseen)}\n")
        sys.stdout.flush()
        training.save(given.out)
        training.keep(state)


if __name__ == "__main__":
    main()
