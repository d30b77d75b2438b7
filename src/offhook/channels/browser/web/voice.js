// Talking: microphone and speaker on one side, the media socket of a session on the other.
//
// A call outlives its socket. When the socket is lost, what is being played goes on, the microphone is kept for some
// seconds, and the socket that comes next tells the server how far we are: nothing is said twice, nothing is left out.

const AWAY_MOST_MS = 60000; // then the call is given up
const KEPT_FRAMES = 150; // of the microphone while there is no socket: 3 s
const WAITING_MOST_BYTES = 64000; // unsent: 2 s; what comes then is not worth sending
const RETRY_MS = [150, 400, 800, 1500, 2500];
export const TAKEN_OVER = 4001;

export class Problem extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// Why a voice call cannot be had here at all; null where it can.
export function missing() {
  if (!window.isSecureContext) return "insecure";
  if (!window.WebSocket) return "no_websocket";
  if (!navigator.mediaDevices?.getUserMedia) return "no_microphone_access";
  if (!window.AudioContext || !window.AudioWorkletNode) return "no_audio";
  return null;
}

export class Voice {
  // server: URL of the server. credential: async () => {session_id, token}. on: {state, level, heard, problem, silenced}.
  constructor({ server, credential, on }) {
    this.server = server;
    this.credential = credential;
    this.on = on;
    this.state = "off"; // off, starting, live, away
    this.gaps = 0;
  }

  async start() {
    if (this.state !== "off") return;
    this.set("starting");
    this.call = "";
    this.refused = false;
    this.received = 0;
    this.waiting = 0; // ms of sound in the player
    this.tries = this.denied = 0;
    this.kept = [];
    this.unsaid = [];
    try {
      const lack = missing();
      if (lack) throw new Problem(lack);
      this.context = new AudioContext({ latencyHint: "interactive" });
      const [stream] = await Promise.all([microphone(), this.load(), this.context.resume()]);
      this.stream = stream;
      if (this.state === "off") return this.release(); // hung up meanwhile
      this.listen();
      await this.connect();
    } catch (error) {
      this.end(error instanceof Problem ? error.code : "voice_failed");
    }
  }

  // Hang up.
  stop() {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send('{"type":"end"}');
    this.end("");
  }

  async load() {
    try {
      await this.context.audioWorklet.addModule(new URL("web/worklets.js", this.server));
    } catch {
      throw new Problem("no_audio");
    }
    this.player = new AudioWorkletNode(this.context, "offhook-playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.player.port.onmessage = ({ data }) => this.happened(data);
    this.player.connect(this.context.destination);
  }

  listen() {
    this.recorder = new AudioWorkletNode(this.context, "offhook-capture", { numberOfOutputs: 0 });
    this.recorder.port.onmessage = ({ data }) => {
      this.on.level?.(data.level);
      this.say(data.frame);
    };
    this.source = this.context.createMediaStreamSource(this.stream);
    this.source.connect(this.recorder);
    for (const track of this.stream.getTracks()) track.onended = () => this.end("microphone_gone");
  }

  // -- the socket

  async connect() {
    const { session_id: session, token } = await this.credential(this.refused);
    if (session !== this.session) this.call = "";
    this.session = session;
    this.refused = true; // until it is taken
    const url = new URL(`media/browser/${encodeURIComponent(session)}`, this.server);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("token", token);
    if (this.call) {
      url.searchParams.set("call", this.call);
      url.searchParams.set("received", this.received);
      url.searchParams.set("waiting_ms", Math.round(this.waiting));
    }
    if (this.state === "off") return;
    const socket = (this.socket = new WebSocket(url));
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (this.socket === socket) this.take(data);
    };
    socket.onclose = ({ code }) => {
      if (this.socket === socket) this.closed(code);
    };
  }

  take(data) {
    if (typeof data !== "string") {
      this.received += 1;
      this.player.port.postMessage({ audio: data }, [data]);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "ready") {
      if (this.call && !message.resumed) this.player.port.postMessage({ clear: true });
      this.call = message.call_id;
      this.received = message.received;
      this.lostAt = undefined;
      this.refused = false;
      this.set("live");
      for (const waiting of this.unsaid.splice(0)) this.socket.send(waiting);
      for (const frame of this.kept.splice(0)) this.socket.send(frame);
    } else if (message.type === "played") {
      this.received += 1;
      this.player.port.postMessage({ mark: message.mark });
    } else if (message.type === "clear") {
      this.received = message.received;
      this.clearedAt = performance.now();
      this.player.port.postMessage({ clear: true });
    }
  }

  closed(code) {
    if (code === 1000) return this.end("");
    if (code === TAKEN_OVER) return this.end("taken_over");
    if (code === 1008) {
      this.refused = true; // the session may be over: the next attempt asks, and gets another one
      if (++this.denied > 1) return this.end("not_served");
    }
    if (code === 1013) return this.end("busy");
    this.lostAt ??= performance.now();
    if (performance.now() - this.lostAt > AWAY_MOST_MS) return this.end("server_gone");
    if (this.state === "live") this.tries = 0;
    if (this.state !== "away") this.set("away");
    const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
    this.retry = setTimeout(() => this.again(), wait);
  }

  async again() {
    try {
      await this.connect();
    } catch (error) {
      if (this.state === "off") return;
      if (error instanceof Problem) this.end(error.code);
      else this.closed(1006); // no credential to be had at the moment
    }
  }

  // The network says that it has gone, or is back.
  networkChanged() {
    if (this.state === "off" || this.state === "starting") return;
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
    clearTimeout(this.retry);
    this.closed(1006);
  }

  say(frame) {
    if (this.state === "live" && this.socket.readyState === WebSocket.OPEN) {
      if (this.socket.bufferedAmount < WAITING_MOST_BYTES) this.socket.send(frame);
    } else if (this.state === "away") {
      this.kept.push(frame);
      if (this.kept.length > KEPT_FRAMES) this.kept.shift();
    }
  }

  // What the player tells.
  happened(event) {
    if (event.played) {
      const message = JSON.stringify({ type: "played", mark: event.played });
      if (this.state === "live" && this.socket.readyState === WebSocket.OPEN) this.socket.send(message);
      else this.unsaid.push(message);
    } else if (event.level !== undefined) {
      this.waiting = event.waiting;
      this.on.heard?.(event.level);
    } else if (event.silent && this.clearedAt !== undefined) {
      this.on.silenced?.(performance.now() - this.clearedAt);
      this.clearedAt = undefined;
    } else if (event.gap) {
      this.gaps = event.gap;
    }
  }

  // -- the end

  end(problem) {
    if (this.state === "off") return;
    this.set("off", problem);
    if (problem) this.on.problem?.(problem);
    this.release();
  }

  release() {
    clearTimeout(this.retry);
    const { socket } = this;
    this.socket = undefined;
    socket?.close(1000);
    for (const track of this.stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.context?.close().catch(() => {});
    this.stream = this.context = undefined;
  }

  set(state, problem = "") {
    this.state = state;
    this.on.state?.(state, problem);
  }
}

async function microphone() {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    const codes = { NotFoundError: "microphone_missing", NotReadableError: "microphone_busy" };
    throw new Problem(codes[error.name] ?? "microphone_refused");
  }
}
