#!/usr/bin/env node
// Bridges an MCP host that speaks stdio to Spawnpoint's /mcp over HTTP. Node 20 or newer, nothing to install.
//   SPAWNPOINT_URL      where Spawnpoint answers; http://127.0.0.1:8787 where it is not set
//   SPAWNPOINT_API_KEY  a key of it (sp_...); may be left out where requests without one may read
// Messages pass as they are: a line from the host becomes a POST, its answer (JSON or an event stream) lines to the host.
import { createInterface } from "node:readline";

const LOCAL_URL = "http://127.0.0.1:8787";
const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;
/** Reserved names of the protocol's newer generation, which sends its version with each message. */
const VERSION_META = "io.modelcontextprotocol/protocolVersion";
/** Requests whose subject is repeated in a header. */
const NAME_OF = { "tools/call": "name", "prompts/get": "name", "resources/read": "uri" };
const INTERNAL_ERROR = -32603;
const PARSE_ERROR = -32700;
/** Of our own: the server answered, but not in this protocol. */
const REFUSED = -32000;
/** After the host has closed its side, what is under way may still end. */
const GRACE_MS = 5_000;

/** @param {string} text */
const say = (text) => process.stderr.write(`spawnpoint-mcp: ${text}\n`);

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
  const path = url.pathname.replace(/\/+$/, "");
  return { endpoint: `${url.origin}${path.endsWith("/mcp") ? path : `${path}/mcp`}`, key };
}

const settings = readSettings();
/** Requests under way by the host's id for them, JSON text of it. @type {Map<string, AbortController>} */
const underWay = new Map();
/** Everything that is sent and not yet over. @type {Set<Promise<void>>} */
const work = new Set();
/** What the older generation agreed on at its beginning. @type {string | undefined} */
let agreedVersion;

/** @param {unknown} message */
const answer = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

/** @param {unknown} id @param {number} code @param {{ message: string, data?: unknown }} error */
const answerError = (id, code, error) => answer({ jsonrpc: "2.0", id, error: { code, ...error } });

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

/** One message of the host, to the end of its answer. @param {any} message @param {AbortSignal} signal */
async function send(message, signal) {
  const isRequest = message.id !== undefined && message.method !== undefined;
  // No redirect is followed: the key is meant for one host.
  const request = { method: "POST", headers: toHeaders(message), body: JSON.stringify(message), signal };
  const response = await fetch(settings.endpoint, { ...request, redirect: "error" });
  if (response.ok) {
    const isAnswered = await handOn(response, message.id);
    if (isRequest && !isAnswered)
      answerError(message.id, INTERNAL_ERROR, { message: "The connection ended before the answer" });
    return;
  }
  const { passed, ...refusal } = await readRefusal(response);
  if (!isRequest) say(`${message.method ?? "a message"} was refused: ${refusal.message ?? passed?.error?.message}`);
  else if (passed === undefined) {
    say(`${message.method} was refused: ${refusal.message}`);
    answerError(message.id, REFUSED, refusal);
  } else answer({ ...passed, id: message.id });
}

/** @param {any} message */
async function forward(message) {
  const id = JSON.stringify(message.id);
  const leaving = new AbortController();
  const isRequest = message.id !== undefined && message.method !== undefined;
  if (isRequest) underWay.set(id, leaving);
  try {
    await send(message, leaving.signal);
  } catch (thrown) {
    // A cancelled request gets no answer.
    if (leaving.signal.aborted) return;
    const why =
      thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause.message : "the connection failed";
    const text = `Cannot reach ${settings.endpoint}: ${why}`;
    say(text);
    if (isRequest) answerError(message.id, INTERNAL_ERROR, { message: text });
  } finally {
    if (isRequest) underWay.delete(id);
  }
}

/** @param {string} line */
function take(line) {
  if (line.trim() === "") return;
  let message;
  try {
    message = JSON.parse(line);
  } catch {
    return answerError(null, PARSE_ERROR, { message: "Cannot read a line: expected JSON" });
  }
  if (typeof message !== "object" || message === null || Array.isArray(message))
    return answerError(null, -32600, { message: "Cannot read a line: expected one JSON-RPC message" });
  // Over HTTP a request is cancelled by leaving it; the server keeps no session that a message could name it in.
  if (message.method === "notifications/cancelled") {
    underWay.get(JSON.stringify(message.params?.requestId))?.abort();
    return;
  }
  const job = forward(message);
  work.add(job);
  job.finally(() => work.delete(job));
}

process.stdout.on("error", () => process.exit(0));
createInterface({ input: process.stdin, crlfDelay: Infinity })
  .on("line", take)
  .on("close", async () => {
    setTimeout(() => process.exit(0), GRACE_MS).unref();
    await Promise.allSettled([...work]);
    process.exit(0);
  });
