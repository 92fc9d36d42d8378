#!/usr/bin/env node
// Bridges an MCP host that speaks stdio to Spawnpoint's /mcp over HTTP. Node 20 or newer, nothing to install.
//   SPAWNPOINT_URL      where Spawnpoint answers, with or without /api or /mcp; http://127.0.0.1:8787 where it is not set
//   SPAWNPOINT_API_KEY  a key of it (sp_...); may be left out where requests without one may read
// Messages pass as they are: a line from the host becomes a POST, its answer (JSON or an event stream) lines to the host.
import { StringDecoder } from "node:string_decoder";

const LOCAL_URL = "http://127.0.0.1:8787";
const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;
/** Reserved names of the protocol's newer generation, which sends its version with each message. */
const VERSION_META = "io.modelcontextprotocol/protocolVersion";
/** Requests whose subject is repeated in a header. */
const NAME_OF = { "tools/call": "name", "prompts/get": "name", "resources/read": "uri" };
const INTERNAL_ERROR = -32603;
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
/** Of our own: the server answered, but not in this protocol. */
const REFUSED = -32000;
/** After the host has closed its side, what is under way may still end. */
const GRACE_MS = 5_000;

/** Shorter ones would make holes in words that are no key. */
const KEY_LEAST_CHARS = 8;

/** A server's own words may repeat what it was sent. @param {string} text */
function withoutKey(text) {
  const { SPAWNPOINT_API_KEY: key = "" } = process.env;
  return key.length < KEY_LEAST_CHARS ? text : text.replaceAll(key, "[key]");
}

/** @param {string} text */
const say = (text) => process.stderr.write(`spawnpoint-mcp: ${withoutKey(text)}\n`);

/** @param {string} text */
function stop(text) {
  say(text);
  process.exit(2);
}

/** Where to and as whom. Says what is wrong without repeating a key. */
function readSettings() {
  const { SPAWNPOINT_URL: asked = LOCAL_URL, SPAWNPOINT_API_KEY: key = "" } = process.env;
  if (!URL.canParse(asked))
    return stop("Cannot read SPAWNPOINT_URL: expected an address such as https://spawnpoint.example");
  const url = new URL(asked);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return stop("Cannot use SPAWNPOINT_URL: expected http or https");
  if (url.username !== "" || url.password !== "")
    return stop("Cannot use SPAWNPOINT_URL: a name or password stands in it");
  if (key !== "" && !/^[\x21-\x7e]+$/.test(key))
    return stop("Cannot use SPAWNPOINT_API_KEY: expected visible ASCII characters");
  if (key !== "" && url.protocol === "http:" && !LOOPBACK.test(url.hostname))
    return stop("Cannot send a key over plain http to another machine: expected https in SPAWNPOINT_URL");
  // Both addresses that the API is known by are taken: with its base path, as the Action takes them, and without.
  const path = url.pathname.replace(/\/+$/, "").replace(/\/api$/, "");
  return { endpoint: `${url.origin}${path.endsWith("/mcp") ? path : `${path}/mcp`}`, key };
}

const settings = readSettings();
/** Requests under way by the host's id for them. @type {Map<string | number, AbortController>} */
const underWay = new Map();
/** Everything that is sent and not yet over. @type {Set<Promise<void>>} */
const work = new Set();
/** What the older generation agreed on at its beginning. @type {string | undefined} */
let agreedVersion;

/** @param {unknown} message */
const answer = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

/** @param {unknown} id @param {number} code @param {{ message: string, data?: unknown }} error */
const answerError = (id, code, error) =>
  answer({ jsonrpc: "2.0", id, error: { code, ...error, message: withoutKey(`${error.message}`) } });

/** @param {any} message */
const isRequest = ({ id, method }) => id !== undefined && method !== undefined;

/** A value as a header carries it: what is not plain ASCII in the protocol's base64 form. @param {string} text */
const toHeader = (text) =>
  /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith("=?base64?")
    ? text
    : `=?base64?${Buffer.from(text, "utf8").toString("base64")}?=`;

/** @param {any} message */
function toHeaders(message) {
  const version = message.params?._meta?.[VERSION_META];
  const name = message.params?.[NAME_OF[message.method] ?? ""];
  return {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    ...(settings.key === "" ? {} : { authorization: `Bearer ${settings.key}` }),
    ...(typeof version === "string"
      ? { "mcp-protocol-version": toHeader(version), "mcp-method": toHeader(String(message.method)) }
      : agreedVersion === undefined
        ? {}
        : { "mcp-protocol-version": toHeader(agreedVersion) }),
    ...(typeof version === "string" && typeof name === "string" ? { "mcp-name": toHeader(name) } : {}),
  };
}

/** The data of each event of a stream, as they come. @param {ReadableStream<Uint8Array>} body */
async function* readEvents(body) {
  let [line, data] = ["", ""];
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    // A line may end in CR LF, and the two may come in two pieces: the CR is dropped with the line's end.
    const lines = `${line}${text}`.split("\n");
    line = lines.pop() ?? "";
    for (const raw of lines) {
      const one = raw.replace(/\r$/, "");
      if (one.startsWith("data:")) data += `${data === "" ? "" : "\n"}${one.slice(5).replace(/^ /, "")}`;
      else if (one === "" && data !== "") {
        yield data;
        data = "";
      }
    }
  }
}

/** Hands on what the server said; returns whether the answer to `id` was among it. @param {Response} response @param {unknown} id */
async function handOn(response, id) {
  let isAnswered = false;
  /** @param {string} text */
  const pass = (text) => {
    const message = JSON.parse(text);
    if (typeof message !== "object" || message === null) throw new SyntaxError("no message");
    if (message.id === id && message.method === undefined) isAnswered = true;
    if (typeof message.result?.protocolVersion === "string") agreedVersion = message.result.protocolVersion;
    answer(message);
  };
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream") && response.body !== null) {
    for await (const data of readEvents(response.body)) pass(data);
  } else {
    const text = await response.text();
    if (text !== "") pass(text);
  }
  return isAnswered;
}

/** What a server said that answered in no message of the protocol. @param {Response} response */
async function readRefusal(response) {
  const text = await response.text();
  let said;
  try {
    said = JSON.parse(text);
  } catch {
    // A proxy's page: its status says enough.
  }
  if (said?.jsonrpc === "2.0") return { message: undefined, passed: said };
  const { message = `the server answered ${response.status}`, code } = said?.error ?? {};
  return { message: `${message}`, data: { status: response.status, ...(code === undefined ? {} : { code }) } };
}

/** What went wrong on the way, in words: a failed connection has a cause, anything else was in the answer. @param {unknown} thrown */
const describe = (thrown) =>
  thrown instanceof Error && thrown.cause instanceof Error
    ? `Cannot reach ${settings.endpoint}: ${thrown.cause.message}`
    : `Cannot read the answer of ${settings.endpoint}: expected JSON-RPC`;

/** One message of the host, to the end of its answer. @param {any} message @param {string} line @param {AbortSignal} signal */
async function send(message, line, signal) {
  // No redirect is followed: the key is meant for one host. The text goes as it came: numbers would lose digits otherwise.
  const request = { method: "POST", headers: toHeaders(message), body: line, signal };
  const response = await fetch(settings.endpoint, { ...request, redirect: "error" });
  if (response.ok) {
    const isAnswered = await handOn(response, message.id);
    if (isRequest(message) && !isAnswered)
      answerError(message.id, INTERNAL_ERROR, { message: "The connection ended before the answer" });
    return;
  }
  const { passed, ...refusal } = await readRefusal(response);
  if (!isRequest(message))
    say(`${message.method ?? "a message"} was refused: ${refusal.message ?? passed?.error?.message}`);
  else if (passed === undefined) {
    say(`${message.method} was refused: ${refusal.message}`);
    answerError(message.id, REFUSED, refusal);
  } else answerError(message.id, REFUSED, { message: "the server refused it", ...Object(passed.error) });
}

/** @param {any} message @param {string} line */
async function forward(message, line) {
  const leaving = new AbortController();
  if (isRequest(message)) underWay.set(message.id, leaving);
  try {
    await send(message, line, leaving.signal);
  } catch (thrown) {
    // A cancelled request gets no answer.
    if (leaving.signal.aborted) return;
    const text = describe(thrown);
    say(text);
    if (isRequest(message)) answerError(message.id, INTERNAL_ERROR, { message: text });
  } finally {
    if (underWay.get(message.id) === leaving) underWay.delete(message.id);
  }
}

/** One line of the host; a carriage return at its end is blank to JSON. @param {string} line */
function take(line) {
  if (line.trim() === "") return;
  let message;
  try {
    message = JSON.parse(line);
  } catch {
    return answerError(null, PARSE_ERROR, { message: "Cannot read a line: expected JSON" });
  }
  const isMessage = typeof message === "object" && message !== null && !Array.isArray(message);
  if (!isMessage || (message.id !== undefined && typeof message.id !== "string" && typeof message.id !== "number"))
    return answerError(null, INVALID_REQUEST, { message: "Cannot read a line: expected one JSON-RPC message" });
  // Over HTTP a request is cancelled by leaving it; the server keeps no session that a message could name it in.
  if (message.method === "notifications/cancelled") {
    underWay.get(message.params?.requestId)?.abort();
    return;
  }
  const job = forward(message, line);
  work.add(job);
  job.finally(() => work.delete(job));
}

/** Ends when all that was answered has left: a host that reads slowly gets the rest too. */
const leave = () => process.stdout.end(() => process.exit(0));

// A host that listens no more is gone; one that does not hear our words may still want the answers.
process.stdout.on("error", () => process.exit(0));
process.stderr.on("error", () => undefined);
// Lines end at a line feed and nowhere else: JSON may hold the other ends of lines that Unicode knows.
const decoder = new StringDecoder("utf8");
/** What came of a line that has no end yet. @type {string[]} */
let pieces = [];
process.stdin
  .on("data", (bytes) => {
    const [first = "", ...more] = decoder.write(bytes).split("\n");
    pieces.push(first);
    if (more.length === 0) return;
    const lines = [pieces.join(""), ...more];
    pieces = lines.splice(-1);
    lines.forEach(take);
  })
  .on("end", async () => {
    take(pieces.join("") + decoder.end());
    setTimeout(() => process.exit(0), GRACE_MS).unref();
    await Promise.allSettled([...work]);
    leave();
  });
