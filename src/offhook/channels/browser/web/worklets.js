// The two ends of the sound, on the audio thread: the microphone to 16 kHz frames, and frames to the speaker.

import { Playout } from "./playout.js";
import { Resampler } from "./resampler.js";

const RATE_HZ = 16000;
const FRAME = 320; // 20 ms

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, RATE_HZ);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.power = 0;
  }

  process([input]) {
    const channel = input[0];
    if (!channel) return true; // the microphone gives nothing at the moment
    for (const sample of this.resampler.push(channel)) {
      const value = Math.max(-1, Math.min(1, sample));
      this.power += value * value;
      this.frame[this.filled++] = value < 0 ? value * 32768 : value * 32767;
      if (this.filled === FRAME) this.send();
    }
    return true;
  }

  send() {
    const { frame } = this;
    this.port.postMessage({ frame: frame.buffer, level: Math.sqrt(this.power / FRAME) }, [frame.buffer]);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.power = 0;
  }
}

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.playout = new Playout(sampleRate, RATE_HZ);
    this.port.onmessage = ({ data }) => {
      if (data.audio) this.playout.audio(new Int16Array(data.audio));
      else if (data.mark) this.playout.mark(data.mark);
      else if (data.clear) this.playout.clear();
    };
  }

  process(inputs, [output]) {
    const told = this.playout.fill(output[0]);
    for (let i = 1; i < output.length; i++) output[i].set(output[0]);
    for (const event of told) this.port.postMessage(event);
    return true;
  }
}

registerProcessor("offhook-capture", Capture);
registerProcessor("offhook-playback", Playback);
