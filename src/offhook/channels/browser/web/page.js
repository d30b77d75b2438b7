// The test page: a desk to choose, the conversation, and the events behind it.

import { Talk, make } from "./talk.js";
import { words } from "./words.js";

const server = new URL("..", import.meta.url).href;
const DESKS = { dealership: "Car dealership", shop: "Small shop", sales: "Sales" };
const MOST_EVENTS = 300;
const [desk, language] = ["desk", "language"].map(id => document.getElementById(id));
const events = document.querySelector(".events");
const asked = new URLSearchParams(location.search);
let join = new URLSearchParams(location.hash.slice(1)).get("join");
if (join) history.replaceState(null, "", location.pathname + location.search); // good once, and nobody else's business
let talk;

function begin() {
  talk?.close();
  events.replaceChildren();
  const chosen = desk.selectedOptions[0];
  const wanted = { [chosen.dataset.kind]: chosen.value, language: language.value || undefined };
  talk = new Talk({
    root: document.getElementById("talk"),
    server,
    wanted,
    storage: sessionStorage,
    join,
    onEvent: show,
    onVoice: event => event.silenced !== undefined && show({ type: "interrupted", silent_after_ms: Math.round(event.silenced) }),
  });
  join = undefined;
}

// What a person wants to know of each kind first; the whole stands below.
const BRIEF = {
  transcript: event => `${event.role}: ${event.content}`,
  state_update: event => `${event.current_agent} ${event.intent ?? ""}`,
  latency: event => Object.entries(event.data).filter(([, ms]) => ms !== null).map(([name, ms]) => `${name.replace("_ms", "")} ${Math.round(ms)}`).join(" · "),
  notification: event => event.message,
  error: event => event.message,
  QUEUE_STATUS: event => `running ${event.running}, queued ${event.queued}`,
  task_update: event => `${event.task?.task_type} ${event.task?.status}`,
  interrupted: event => `silent ${event.silent_after_ms} ms after it was told`,
};

function show(event) {
  if (event.type === "heartbeat" || event.type === "pong") return;
  const { type, timestamp, session_id, ...rest } = event;
  const at = (timestamp ? new Date(timestamp) : new Date()).toLocaleTimeString();
  const brief = BRIEF[type]?.(event) ?? [event.intent, event.status].filter(Boolean).join(" ");
  const summary = make("summary", {}, make("span", { class: "kind", text: type }), " ", make("time", { text: at }), make("div", { dir: "auto", text: brief }));
  events.prepend(make("li", { "data-type": type }, make("details", {}, summary, make("code", { text: JSON.stringify(rest, null, 1) }))));
  while (events.children.length > MOST_EVENTS) events.lastElementChild.remove();
}

// The businesses where we may know them (the machine's own console), else the desks.
async function choices() {
  for (const [value, text] of Object.entries(DESKS)) desk.append(make("option", { value, text, "data-kind": "desk" }));
  try {
    const answer = await fetch(new URL("api/businesses", server));
    if (answer.ok) {
      const { items } = await answer.json();
      if (items?.length) desk.replaceChildren(...items.map(one =>
        make("option", { value: one.business_id, text: `${one.name} (${one.desk})`, "data-kind": "business", "data-desk": one.desk })));
    }
  } catch {
    // Not to be had: the conversation itself says what is wrong.
  }
  const wanted = asked.get("business") ?? asked.get("desk");
  const known = [...desk.options].find(one => one.value === wanted || one.dataset.desk === wanted);
  if (known) known.selected = true;
  else if (wanted) desk.append(make("option", { value: wanted, text: wanted, "data-kind": asked.has("business") ? "business" : "desk", selected: true }));
  if (asked.has("language")) language.value = asked.get("language");
}

desk.addEventListener("change", () => begin());
language.addEventListener("change", () => begin());
document.getElementById("again").addEventListener("click", () => {
  talk.hangUp();
  events.replaceChildren();
  talk.conversation.renew();
});
document.getElementById("elsewhere").addEventListener("click", async () => {
  try {
    talk.problem("elsewhere", (await talk.conversation.joinCode()).link, true);
  } catch (error) {
    talk.problem("code_failed", error.message);
  }
});
await choices();
// Somebody else may have made the link, to listen to what is said next: nobody is joined unasked.
if (join && !confirm(words(language.value || navigator.language)("join_ask"))) join = undefined;
begin();
