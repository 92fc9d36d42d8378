import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exampleOfSchema, wantedSchema } from "./example-of-schema.ts";
import { JSON_HEAD, say, speak, type Wire } from "./speech.ts";
import { END, head, play, type Timeline, write } from "./timeline.ts";

/** One request as the scripted provider saw it, and what became of its connection. */
export interface SeenCall {
  /** From 0, in order of arrival. */
  readonly index: number;
  readonly atMs: number;
  readonly wire: Wire;
  readonly path: string;
  /** The model's name as this wire format carries it. */
  readonly model: string;
  readonly isStreaming: boolean;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
  /** When the connection's part in this call was over; null = not yet. */
  endedAtMs: number | null;
  /** Whether the other side left before the timeline was played. */
  wasAbandoned: boolean;
}

/** What the provider does with a call. */
export type Script = (call: SeenCall) => Timeline;

export interface FakeProvider {
  readonly url: string;
  readonly calls: SeenCall[];
  /** May be replaced at any time; calls under way keep theirs. */
  script: Script;
  readonly close: () => Promise<void>;
}

/** Answers in the schema that was asked for; where there is none, the model's name and how much it was told. */
export const echo: Script = (call) => {
  const schema = wantedSchema(call.body);
  const plain = `${call.model} read ${JSON.stringify(call.body).length} bytes.`;
  return speak(say(schema === undefined ? plain : JSON.stringify(exampleOfSchema(schema))), call);
};

/** The first script for the first call, and so on; the last for all that follow. */
export const inTurn =
  (...scripts: readonly [Script, ...Script[]]): Script =>
  (call) =>
    (scripts[call.index] ?? scripts.at(-1) ?? echo)(call);

const nameIn = (body: unknown): string | null =>
  typeof body === "object" && body !== null && "model" in body && typeof body.model === "string" ? body.model : null;

/** Wire format and model of a request; null for a path that no wire format has. */
function recognise(path: string, body: unknown): Pick<SeenCall, "wire" | "model" | "isStreaming"> | null {
  const google = /\/models\/([^/:]+):(streamGenerateContent|generateContent)(\?|$)/.exec(path);
  if (google !== null) {
    // The pattern has two groups whenever it matches.
    const [, model = "", verb = ""] = google;
    return { wire: "google", model: decodeURIComponent(model), isStreaming: verb === "streamGenerateContent" };
  }
  const isStreaming = typeof body === "object" && body !== null && "stream" in body && body.stream === true;
  if (path.endsWith("/chat/completions")) return { wire: "openai", model: nameIn(body) ?? "", isStreaming };
  return path.endsWith("/messages") ? { wire: "anthropic", model: nameIn(body) ?? "", isStreaming } : null;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  const text = Buffer.concat(pieces).toString("utf8");
  return text === "" ? null : JSON.parse(text);
}

async function answer(provider: FakeProvider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? "";
  if (path === "/__log") return play([head(200, JSON_HEAD), write(JSON.stringify(provider.calls)), END], response);
  const body = await readJson(request);
  const known = recognise(path, body);
  if (request.method !== "POST" || known === null) return play([head(404), END], response);
  const index = provider.calls.length;
  const blank = { endedAtMs: null, wasAbandoned: false };
  const call: SeenCall = { index, atMs: Date.now(), path, headers: request.headers, body, ...known, ...blank };
  provider.calls.push(call);
  let isPlayed = false;
  response.once("close", () => {
    call.endedAtMs = Date.now();
    call.wasAbandoned = !isPlayed;
  });
  const timeline = provider.script(call);
  // Set before the last beat: `close` may come within it.
  await play(timeline.slice(0, -1), response);
  isPlayed = !response.destroyed && timeline.at(-1)?.do !== "hang";
  await play(timeline.slice(-1), response);
}

/**
 * A provider on this machine that speaks the wire formats of OpenAI, Anthropic and Google and does what its script says.
 * Not a model: for tests, and for seeing runs without a key. `GET /__log` answers its call log.
 */
export async function startFakeProvider(script: Script = echo): Promise<FakeProvider> {
  const server = createServer((request, response) => {
    response.on("error", () => undefined);
    request.on("error", () => undefined);
    answer(provider, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((go) => {
      server.closeAllConnections();
      server.close(() => go());
    });
  const provider: FakeProvider = { url: `http://127.0.0.1:${port}`, calls: [], script, close };
  return provider;
}
