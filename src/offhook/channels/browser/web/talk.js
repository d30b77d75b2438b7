// The conversation as people see it: what was said, a line to write in, a button to talk, and how it stands. Used by the
// page and by the widget. Whatever comes from outside is shown as text, never as markup.

import { Conversation } from "./conversation.js";
import { Recognition, offered } from "./recognition.js";
import { Voice, missing } from "./voice.js";
import { words } from "./words.js";

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (value !== false && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

export class Talk {
  // onEvent: told of every event of `/ws`; onVoice: of {silenced} and {heard}.
  constructor({ root, server, wanted, storage, join, onEvent, onVoice }) {
    this.say = words(wanted.language ?? navigator.language);
    this.language = wanted.language;
    this.frames = 0;
    this.onEvent = onEvent ?? (() => {});
    this.onVoice = onVoice ?? (() => {});
    this.build(root);
    this.conversation = new Conversation({
      server,
      wanted,
      storage,
      join,
      on: {
        status: (code, detail) => this.status(code, detail),
        event: event => this.event(event),
        history: messages => this.history(messages),
        pending: list => this.showPending(list),
      },
    });
    this.voice = new Voice({
      server,
      credential: suspect => this.conversation.credential(suspect),
      on: {
        state: state => this.voiceState(state),
        level: level => this.showLevel(level),
        heard: level => {
          this.panel.toggleAttribute("data-speaking", level > 0.003);
          this.onVoice({ heard: level });
        },
        problem: code => this.problem(code),
        silenced: ms => this.onVoice({ silenced: ms }),
      },
    });
    this.online = () => {
      this.conversation.networkChanged();
      this.voice.networkChanged();
    };
    addEventListener("online", this.online);
    addEventListener("offline", this.online);
    this.conversation.start();
  }

  close() {
    removeEventListener("online", this.online);
    removeEventListener("offline", this.online);
    this.recognition?.stop();
    this.voice.stop();
    this.conversation.close();
    this.panel.remove();
  }

  build(root) {
    const { say } = this;
    this.list = make("ol", { class: "said", role: "log", "aria-live": "polite", "aria-label": say("transcript"), tabindex: "0" });
    this.waiting = make("ol", { class: "said waiting" });
    this.line = make("input", {
      type: "text", autocomplete: "off", maxlength: "4000", enterkeyhint: "send",
      placeholder: say("placeholder"), "aria-label": say("placeholder"),
    });
    this.form = make("form", { class: "write" }, this.line, make("button", { type: "submit", text: say("send") }));
    this.talkButton = make("button", { type: "button", class: "talk", "aria-pressed": "false", text: say("talk") });
    this.meter = make("meter", { min: "0", max: "1", value: "0", "aria-label": say("microphone_level") });
    this.shown = make("p", { class: "status", role: "status", text: say("opening") });
    this.warning = make("p", { class: "problem", role: "alert", hidden: true });
    this.panel = make(
      "section", { class: "offhook-talk" },
      make("div", { class: "scroll" }, this.list, this.waiting),
      this.warning,
      make("div", { class: "voice" }, this.talkButton, this.meter, this.shown),
      this.recogniseSwitch(),
      this.form,
    );
    this.form.addEventListener("submit", event => {
      event.preventDefault();
      const text = this.line.value.trim();
      if (!text) return;
      this.line.value = "";
      this.conversation.send(text);
    });
    this.talkButton.addEventListener("click", () => this.toggleVoice());
    root.append(this.panel);
  }

  recogniseSwitch() {
    if (!offered) return "";
    this.recogniseHere = make("input", { type: "checkbox" });
    this.recogniseHere.addEventListener("change", () => this.hangUp());
    const { say } = this;
    return make(
      "label", { class: "recognise" },
      this.recogniseHere, make("span", { text: say("recognise_here") }), make("small", { text: say("recognise_note") }),
    );
  }

  // -- voice

  get talking() {
    return Boolean(this.recognition?.running) || this.voice.state !== "off";
  }

  toggleVoice() {
    this.problem("");
    if (this.talking) return this.hangUp();
    if (!this.recogniseHere?.checked) return this.voice.start();
    this.recognition = new Recognition({
      language: this.language || document.documentElement.lang || "en",
      on: {
        state: state => this.voiceState(state),
        problem: code => this.problem(code),
        guess: text => (this.line.value = text),
        text: text => {
          this.line.value = "";
          this.conversation.send(text);
        },
      },
    });
    this.recognition.start();
  }

  hangUp() {
    if (this.recognition?.running) this.recognition.stop();
    if (this.voice.state !== "off") this.voice.stop();
  }

  voiceState(state) {
    const on = state !== "off";
    this.panel.dataset.voice = state;
    this.talkButton.textContent = this.say(on ? "hang_up" : "talk");
    this.talkButton.setAttribute("aria-pressed", String(on));
    this.shown.textContent = this.say(`voice_${state}`);
    if (!on) {
      this.meter.value = 0;
      this.panel.removeAttribute("data-speaking");
    }
  }

  showLevel(level) {
    if (this.frames++ % 4) return; // twelve times a second is as quick as an eye, and spares a phone
    // 0 dBFS is 1, -60 dBFS and less is 0: loudness as it is felt.
    this.meter.value = level > 0.001 ? 1 + Math.log10(level) / 3 : 0;
  }

  // -- what is shown

  status(code, detail = "") {
    this.panel.dataset.status = code;
    const trouble = ["away", "offline", "refused", "not_joined", "origin_not_allowed", "no_websocket"].includes(code);
    const news = ["back", "expired", "ended"].includes(code);
    if (trouble || news) this.problem(code, detail, news);
    else if (!this.warning.hidden && this.warning.dataset.lasting === undefined) this.problem("");
    if (!this.talking) this.shown.textContent = this.say(trouble ? code : code === "opening" ? code : "voice_off");
  }

  problem(code, detail = "", news = false) {
    this.warning.hidden = !code;
    this.warning.classList.toggle("news", news);
    this.warning.textContent = code ? `${this.say(code)} ${detail}`.trim() : "";
    if (code) this.warning.dataset.code = code;
    else delete this.warning.dataset.code;
    const lasting = code && !["away", "offline", "back"].includes(code);
    this.warning.toggleAttribute("data-lasting", Boolean(lasting));
    this.scroll();
    clearTimeout(this.newsTimer);
    if (news && code !== "elsewhere") this.newsTimer = setTimeout(() => this.warning.dataset.code === code && this.problem(""), 6000);
  }

  event(event) {
    if (event.type === "transcript") this.add(event.role, event.content);
    else if (event.type === "notification") this.add("assistant", event.message);
    else if (event.type === "error") this.add("error", event.message);
    if (event.type === "transcript" && event.role === "assistant") this.recognition?.read(event.content);
    this.onEvent(event);
  }

  history(messages) {
    this.list.replaceChildren();
    for (const { role, content } of messages) this.add(role, content);
  }

  add(role, text) {
    const who = role === "user" ? this.say("you") : role === "assistant" ? this.say("agent") : "";
    this.list.append(make("li", { class: role }, make("span", { class: "who", text: who }), make("p", { dir: "auto", text })));
    this.scroll();
  }

  showPending(list) {
    const sending = this.say("sending");
    const items = list.filter(one => !one.shown).map(one =>
      make("li", { class: "user" }, make("span", { class: "who", text: sending }), make("p", { dir: "auto", text: one.text })));
    this.waiting.replaceChildren(...items);
    this.scroll();
  }

  scroll() {
    const box = this.list.parentElement;
    box.scrollTop = box.scrollHeight;
  }
}

export { missing };
