// The widget: a button in a corner of somebody else's page, and behind it the conversation, in a shadow tree.

import { Talk, make } from "./talk.js";
import { words } from "./words.js";

export function embed({ server, settings }) {
  const language = settings.language || document.documentElement.lang || undefined;
  const say = words(language);
  const host = make("div", { "data-offhook-widget": "" });
  const shadow = host.attachShadow({ mode: "open" });
  const stylesheet = name => make("link", { rel: "stylesheet", href: new URL(`web/${name}`, server).href });
  const panel = make("div", { class: "panel", role: "dialog", "aria-label": settings.title || say("title"), hidden: true });
  const close = make("button", { type: "button", class: "close", "aria-label": say("close"), text: "×" });
  const launcher = make("button", {
    type: "button", class: "launcher", "aria-label": say("open"), "aria-expanded": "false",
  }, bubble());
  const side = settings.position === "left" ? "left" : "right";
  const frame = make("div", { class: `frame ${side}`, lang: language ?? "en" }, panel, launcher);
  const head = make("div", { class: "head" }, make("strong", { text: settings.title || say("title") }), close);
  const body = make("div", { class: "body" });
  panel.append(head, body);
  shadow.append(stylesheet("talk.css"), stylesheet("widget.css"), frame);
  paint(host, settings.color);
  document.body.append(host);

  let talk;
  function show(open) {
    panel.hidden = !open;
    launcher.setAttribute("aria-expanded", String(open));
    launcher.setAttribute("aria-label", say(open ? "close" : "open"));
    if (!open) {
      talk?.hangUp();
      launcher.focus();
      return;
    }
    talk ??= new Talk({
      root: body,
      server,
      wanted: { business: settings.business, desk: settings.desk, language: settings.language },
      storage: tabStorage(),
    });
    talk.line.focus();
  }
  launcher.addEventListener("click", () => show(panel.hidden));
  close.addEventListener("click", () => show(false));
  panel.addEventListener("keydown", event => event.key === "Escape" && show(false));
  if (settings.open !== undefined) show(true);
}

// Drawn, because not every machine has a letter for it.
function bubble() {
  const draw = (tag, attributes, ...children) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const shape = "M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z";
  return draw("svg", { viewBox: "0 0 24 24", width: "28", height: "28", "aria-hidden": "true" },
    draw("path", { d: shape, fill: "currentColor" }));
}

function tabStorage() {
  try {
    return sessionStorage;
  } catch {
    return undefined; // forbidden by the browser's settings
  }
}

// The site's colour, with letters that can be read on it.
function paint(host, color) {
  if (!color || !CSS.supports("color", color)) return;
  const canvas = make("canvas", { width: "1", height: "1" });
  const brush = canvas.getContext("2d");
  brush.fillStyle = color;
  brush.fillRect(0, 0, 1, 1);
  const [red, green, blue] = [...brush.getImageData(0, 0, 1, 1).data].map(value => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  host.style.setProperty("--offhook-accent", color);
  host.style.setProperty("--offhook-on-accent", luminance > 0.179 ? "#000" : "#fff");
}
