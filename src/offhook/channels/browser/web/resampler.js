// Sample rate conversion of one continuous signal, piece by piece: a windowed sinc, a millisecond of delay.

const CROSSINGS = 16; // of the sinc on either side, at the lower of the two rates
const STEPS = 256; // kernel values kept between two input samples; linear in between

export class Resampler {
  constructor(fromHz, toHz) {
    this.same = fromHz === toHz;
    this.ratio = fromHz / toHz; // input samples per output sample
    const cutoff = Math.min(1, toHz / fromHz) * 0.94; // of the input's half rate
    this.half = Math.ceil(CROSSINGS / cutoff);
    this.kernel = kernel(this.half, cutoff);
    this.reset();
  }

  reset() {
    this.past = new Float32Array(this.half); // input that later output still needs
    this.at = this.half; // place of the next output sample, counted from the start of `past`
  }

  push(samples) {
    if (this.same) return samples;
    const { half, kernel, ratio } = this;
    const input = new Float32Array(this.past.length + samples.length);
    input.set(this.past);
    input.set(samples, this.past.length);
    const count = Math.max(0, Math.ceil((input.length - half - this.at) / ratio));
    const output = new Float32Array(count);
    let at = this.at;
    for (let n = 0; n < count; n++, at += ratio) {
      const first = Math.ceil(at - half), last = Math.floor(at + half);
      let sum = 0;
      for (let i = Math.max(0, first); i <= last; i++) {
        const place = Math.abs(at - i) * STEPS, step = Math.floor(place);
        sum += input[i] * (kernel[step] + (kernel[step + 1] - kernel[step]) * (place - step));
      }
      output[n] = sum;
    }
    const keep = Math.max(0, Math.floor(at) - half);
    this.past = input.slice(keep);
    this.at = at - keep;
    return output;
  }
}

function kernel(half, cutoff) {
  const values = new Float32Array(half * STEPS + 2);
  for (let i = 0; i <= half * STEPS; i++) {
    const x = i / STEPS, phase = Math.PI * x * cutoff;
    const window = 0.42 + 0.5 * Math.cos((Math.PI * x) / half) + 0.08 * Math.cos((2 * Math.PI * x) / half);
    values[i] = cutoff * window * (i === 0 ? 1 : Math.sin(phase) / phase);
  }
  return values;
}
