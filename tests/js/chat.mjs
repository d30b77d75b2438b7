// The official Socket.IO client on strings: one command a line on stdin, one JSON line for whatever happens on stdout.
//
//   {"do": "connect", "url", "auth", "options"}   {"do": "emit", "name", "data", "n"}   {"do": "drop"}
//   {"do": "acks", "on": false}   {"do": "close"}
//
// Bytes travel as {"base64": "..."}. Every event is acknowledged unless acks are off.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

let socket;
let acks = true;

const tell = (what, more = {}) => process.stdout.write(JSON.stringify({ what, ...more }, shown) + "\n");
const shown = (_, value) => (value?.type === "Buffer" ? { base64: Buffer.from(value.data).toString("base64") } : value);
const bytes = (value) => {
  if (value === null || typeof value !== "object") return value;
  if (typeof value.base64 === "string") return Buffer.from(value.base64, "base64");
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, bytes(one)]));
};
const transport = () => socket.io.engine?.transport?.name;

const commands = {
  connect({ url, auth, options }) {
    socket = io(url, { auth, reconnectionDelay: 50, reconnectionDelayMax: 200, ...options });
    socket.on("connect", () => tell("connect", { sid: socket.id }));
    socket.io.on("open", () => {
      tell("open", { transport: transport() });
      socket.io.engine.on("upgrade", () => tell("upgrade", { transport: transport() }));
    });
    socket.on("connect_error", (error) =>
      tell("connect_error", { message: error.message, data: error.data, active: socket.active }));
    socket.on("disconnect", (reason) => tell("disconnect", { reason }));
    socket.onAny((name, data, ack) => {
      tell("event", { name, data });
      if (acks && ack) ack();
    });
  },
  emit({ name, data, n }) {
    socket.emit(name, bytes(data), (answer) => tell("ack", { n, answer }));
  },
  acks({ on }) { acks = on; },
  // The network goes, without a goodbye; the client comes back by itself.
  drop() { socket.io.engine.close(); },
  close() { socket.close(); process.exit(0); },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line);
  commands[command.do](command);
}).on("close", () => process.exit(0));
