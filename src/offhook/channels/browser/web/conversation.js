// A session: opened once a tab, told of over `/ws`, written to by `POST /api/chat`.
//
// Nothing is lost: events resume after the last number that we have, and a message is sent, under one id, until it is
// answered. A session that is over or unknown is replaced by a new one.

const RETRY_MS = [300, 700, 1500, 3000, 5000];
const OVER = ["COMPLETED", "EXPIRED"];
const QUIET_MOST_MS = 45000; // the server's heart beats every 20 s

export class Conversation {
  // wanted: {business, desk, language}. join: the code of a session that goes on here. on: {status(code, detail),
  // event(event), history(messages), pending(list)}.
  constructor({ server, wanted, on, storage, join }) {
    this.server = server;
    this.code = join;
    this.wanted = wanted;
    this.on = on;
    this.storage = storage;
    this.key = `offhook ${server} ${wanted.business ?? ""} ${wanted.desk ?? ""} ${wanted.language ?? ""}`;
    this.session = undefined; // {session_id, token, business, desk, greeting}
    this.seq = 0;
    this.tries = 0;
    this.pending = []; // {id, text} not answered yet, in order
    this.over = false;
  }

  async start() {
    this.session = (await this.joined()) ?? this.stored();
    if (!this.session && !(await this.open("opening"))) return;
    this.connect();
  }

  close() {
    this.over = true;
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    this.socket?.close(1000);
  }

  // The session that the page was given a code for. A code is good once: it is not tried again.
  async joined() {
    const code = this.code;
    this.code = undefined;
    if (!code) return undefined;
    this.on.status("opening");
    const answer = await this.ask("api/sessions/join", { method: "POST", body: { code } }).catch(() => ({}));
    if (!answer.ok) {
      this.on.status("not_joined");
      return undefined;
    }
    const { session_id, token, business, desk } = answer.body;
    this.session = { session_id, token, business, desk };
    this.seq = 0; // what was said comes as events, or as history where it is too long ago
    this.store();
    return this.session;
  }

  // {code, link, expires_at} with which another device goes on.
  async joinCode() {
    const { session_id, token } = await this.credential();
    const answer = await this.ask(`api/sessions/${session_id}/join-code`, { method: "POST", token });
    if (!answer.ok) throw new Error(answer.error?.message ?? "");
    return answer.body;
  }

  // A new session in place of this one.
  async renew() {
    this.forget();
    if (await this.open("opening")) this.connect();
  }

  // The session as it is usable now; `suspect`: the one that we have was not taken.
  async credential(suspect = false) {
    if (this.session && (suspect || OVER.includes(this.status))) await this.replaced();
    while (!this.session || this.over) {
      if (this.over) await new Promise(() => {}); // nobody waits any more
      await new Promise(done => setTimeout(done, 100));
    }
    return this.session;
  }

  send(text) {
    this.pending.push({ id: messageId(), text });
    this.on.pending?.(this.pending);
    this.deliver();
  }

  // -- HTTP

  async ask(path, { method = "GET", body, token } = {}) {
    const headers = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(new URL(path, this.server), { method, headers, body: body && JSON.stringify(body) });
    const said = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    return { status: answer.status, ok: answer.ok, body: said, error: said.error };
  }

  async open(status) {
    this.on.status(status);
    const { business, desk, language } = this.wanted;
    const body = { channel: "browser", ...(business && { business }), ...(desk && { desk }), ...(language && { language }) };
    try {
      const answer = await this.ask("api/sessions", { method: "POST", body });
      if (answer.ok) {
        this.session = answer.body;
        this.seq = 0;
        this.status = "ACTIVE";
        this.tries = 0;
        this.store();
        this.on.history?.([]);
        return true;
      }
      if (answer.status < 500 && answer.status !== 429) {
        this.on.status("refused", answer.error?.message ?? "");
        return false;
      }
      this.on.status("away", answer.error?.message ?? "");
    } catch {
      this.on.status(await this.whyUnreachable());
    }
    this.later(() => this.start());
    return false;
  }

  async deliver() {
    if (this.delivering) return;
    this.delivering = true;
    try {
      await this.deliverAll();
    } finally {
      this.delivering = false;
    }
  }

  async deliverAll() {
    for (let tries = 0; this.pending.length && !this.over; ) {
      const { id, text } = this.pending[0];
      const { session_id, token } = await this.credential();
      const answer = await this.ask("api/chat", {
        method: "POST",
        token,
        body: { session_id, message: text, message_id: id },
      }).catch(() => ({ status: 0 }));
      if (this.session?.session_id !== session_id) continue; // replaced meanwhile: said in the new one
      if (!answer.ok && (answer.status === 0 || answer.status >= 500 || answer.status === 429)) {
        await new Promise(done => setTimeout(done, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]));
        continue;
      }
      if (answer.status === 401 || answer.status === 404 || answer.status === 409) {
        if (await this.replaced()) continue;
      }
      tries = 0;
      this.pending.shift();
      this.on.pending?.(this.pending);
      if (!answer.ok) this.on.event({ type: "error", code: answer.error?.code, message: answer.error?.message ?? "" });
      else if (this.socket?.readyState !== WebSocket.OPEN) this.on.status("away");
    }
  }

  // -- events

  connect() {
    if (this.over) return;
    if (!window.WebSocket) return this.on.status("no_websocket");
    const before = this.socket;
    const url = new URL(`ws/${encodeURIComponent(this.session.session_id)}`, this.server);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("token", this.session.token);
    const socket = (this.socket = new WebSocket(url));
    before?.close(1000);
    let opened = false;
    socket.onopen = () => {
      opened = true;
      socket.send(JSON.stringify({ type: "resume", after: this.seq }));
      this.on.status(this.tries ? "back" : "live");
      this.tries = 0;
      this.alive();
    };
    socket.onmessage = ({ data }) => {
      if (this.socket !== socket) return;
      this.alive();
      this.take(JSON.parse(data));
    };
    socket.onclose = async () => {
      if (this.socket !== socket || this.over) return;
      clearTimeout(this.watch);
      this.tries ||= 1;
      this.on.status(navigator.onLine === false ? "offline" : "away");
      if (!opened && (await this.replaced())) return;
      this.later(() => this.connect());
    };
  }

  take(event) {
    if (event.type === "resync") {
      this.seq = event.seq;
      this.reload();
    } else if (event.type !== "heartbeat" && event.type !== "pong" && event.type !== "error" && event.seq) {
      if (event.seq <= this.seq) return; // told before
      this.seq = event.seq;
    }
    if (event.type === "transcript" && event.role === "user") this.answered(event.content);
    if (event.type === "state_update") this.status = event.status;
    this.on.event(event);
  }

  // A message of ours that came back as an event is shown from there.
  answered(text) {
    const shown = this.pending.find(one => !one.shown && one.text === text);
    if (!shown) return;
    shown.shown = true;
    this.on.pending?.(this.pending);
  }

  async reload() {
    const { session_id, token } = this.session;
    const answer = await this.ask(`api/sessions/${session_id}`, { token }).catch(() => ({}));
    if (answer.ok) this.on.history?.(answer.body.messages);
  }

  // Whether the session was over or unknown, and a new one is there now. Asked by several at once, it is one answer.
  replaced() {
    this.replacing ??= this.replace().finally(() => (this.replacing = undefined));
    return this.replacing;
  }

  async replace() {
    const { session_id, token } = this.session;
    try {
      const answer = await this.ask(`api/sessions/${encodeURIComponent(session_id)}`, { token });
      const gone = answer.status === 401 || answer.status === 404;
      if (!gone && !OVER.includes(answer.body.status)) return false;
      this.forget();
      if (!(await this.open(gone ? "expired" : "ended"))) return false;
      this.connect();
      return true;
    } catch {
      this.on.status(await this.whyUnreachable());
      return false;
    }
  }

  // A page of another origin that is not listed is told no more than that; ours and the network tell apart.
  async whyUnreachable() {
    if (navigator.onLine === false) return "offline";
    try {
      await fetch(new URL("health/live", this.server), { mode: "no-cors" });
      return new URL(this.server).origin === location.origin ? "away" : "origin_not_allowed";
    } catch {
      return "away";
    }
  }

  // -- small parts

  alive() {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.socket?.close(), QUIET_MOST_MS);
  }

  later(work) {
    clearTimeout(this.timer);
    if (!this.over) this.timer = setTimeout(work, RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]);
  }

  // The network says that it is back.
  networkChanged() {
    if (navigator.onLine === false) return this.on.status("offline");
    this.tries = 1;
    this.socket?.close();
  }

  stored() {
    try {
      return JSON.parse(this.storage?.getItem(this.key) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  }

  store() {
    try {
      this.storage?.setItem(this.key, JSON.stringify(this.session));
    } catch {
      // A browser that keeps nothing: the session lasts as long as the page.
    }
  }

  forget() {
    this.session = undefined;
    this.seq = 0;
    try {
      this.storage?.removeItem(this.key);
    } catch {
      // as above
    }
  }
}

function messageId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
}
