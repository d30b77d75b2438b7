// What is played next: a jitter buffer without clock, socket or audio node. Samples in, blocks out, and what happened.

import { Resampler } from "./resampler.js";

const START_MS = 40; // audio that must be there before it begins; more after each gap
const MORE_MS = 40;
const MOST_START_MS = 240;
const PATIENCE_MS = 120; // with less than that it begins all the same: a short sound that is followed by nothing
const FADE_MS = 4; // a voice that is cut short must not click
const LEVEL_MS = 50;

export class Playout {
  constructor(rateHz, sourceHz) {
    this.resampler = new Resampler(sourceHz, rateHz);
    this.perMs = rateHz / 1000;
    this.startMs = START_MS;
    this.queue = []; // Float32Array of samples, or a mark's name
    this.waiting = 0; // samples in the queue
    this.offset = 0; // into the first piece
    this.playing = false;
    this.waited = 0; // samples of silence since audio came
    this.told = [];
    this.power = 0;
    this.measured = 0;
    this.gaps = 0;
  }

  audio(frame) {
    const samples = new Float32Array(frame.length);
    for (let i = 0; i < frame.length; i++) samples[i] = frame[i] / 32768;
    const piece = this.resampler.push(samples);
    if (!piece.length) return;
    this.queue.push(piece);
    this.waiting += piece.length;
  }

  mark(name) {
    this.queue.push(name);
  }

  clear() {
    const fade = Math.round(FADE_MS * this.perMs);
    const tail = new Float32Array(this.playing ? Math.min(fade, this.waiting) : 0);
    this.take(tail);
    for (let i = 0; i < tail.length; i++) tail[i] *= 1 - (i + 1) / tail.length;
    this.queue = tail.length ? [tail] : [];
    this.waiting = tail.length;
    this.offset = 0;
    this.resampler.reset();
    this.silencing = true;
    if (!tail.length) this.silenced();
  }

  // Fills a block and returns what happened: {played}, {began}, {ended}, {silent}, {gap}, {level}.
  fill(block) {
    this.told = [];
    this.passMarks();
    if (!this.playing && this.waiting) {
      this.waited += block.length;
      if (this.ready()) {
        this.playing = true;
        this.told.push({ began: true });
      }
    }
    const given = this.playing ? this.take(block) : 0;
    block.fill(0, given);
    if (this.playing && given < block.length) this.ranDry();
    this.measure(block);
    return this.told;
  }

  ready() {
    return this.waiting >= this.startMs * this.perMs || this.ends() || this.waited >= PATIENCE_MS * this.perMs;
  }

  // Whether the end of a sentence is in the queue: then nothing is won by waiting for more.
  ends() {
    return this.silencing || this.queue.some(item => typeof item === "string");
  }

  ranDry() {
    this.playing = false;
    this.waited = 0;
    if (this.silencing) this.silenced();
    else if (!this.complete) {
      this.gaps += 1;
      this.startMs = Math.min(this.startMs + MORE_MS, MOST_START_MS);
      this.told.push({ gap: this.gaps });
    }
    this.told.push({ ended: true });
  }

  silenced() {
    this.silencing = false;
    this.told.push({ silent: true });
  }

  take(block) {
    let filled = 0;
    while (filled < block.length && this.queue.length) {
      const piece = this.queue[0];
      const part = piece.subarray(this.offset, this.offset + block.length - filled);
      block.set(part, filled);
      filled += part.length;
      this.offset += part.length;
      this.waiting -= part.length;
      if (this.offset < piece.length) break;
      this.queue.shift();
      this.offset = 0;
      this.complete = false;
      this.passMarks();
    }
    return filled;
  }

  // Marks whose audio has all been played.
  passMarks() {
    while (typeof this.queue[0] === "string") {
      this.told.push({ played: this.queue.shift() });
      this.complete = true;
    }
  }

  measure(block) {
    for (const sample of block) this.power += sample * sample;
    this.measured += block.length;
    if (this.measured < LEVEL_MS * this.perMs) return;
    const level = Math.sqrt(this.power / this.measured);
    if (level > 0 || this.loud) this.told.push({ level, waiting: this.waiting / this.perMs });
    this.loud = level > 0;
    this.power = 0;
    this.measured = 0;
  }
}
