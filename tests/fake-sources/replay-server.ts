import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server does with a request; `count` is how often its path was asked before. */
export type Reply = (response: ServerResponse, request: IncomingMessage, count: number) => void;

export interface ReplayServer {
  readonly url: string;
  /** `METHOD path?query` of every request, in order. */
  readonly asked: string[];
  readonly headers: IncomingMessage["headers"][];
  /** Replies by path; a path that is not set answers 404. */
  readonly replies: Map<string, Reply>;
  /** Bytes handed to the network by endless(). */
  sentBytes: number;
  readonly close: () => Promise<void>;
}

/** A server on this machine that answers as it is told. */
export async function startReplayServer(): Promise<ReplayServer> {
  const replies = new Map<string, Reply>();
  const asked: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const server: Server = createServer((request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const count = asked.filter((line) => line.split(" ")[1]?.split("?")[0] === path).length;
    asked.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
    response.on("error", () => undefined);
    const reply = replies.get(path) ?? send("nothing here", { status: 404 });
    reply(response, request, count);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${port}`, asked, headers, replies, sentBytes: 0, close };
}

/** A whole answer. */
export const send =
  (body: string | Uint8Array, init: { status?: number; headers?: Record<string, string> } = {}): Reply =>
  (response) => {
    response.writeHead(init.status ?? 200, { "content-length": String(Buffer.byteLength(body)), ...init.headers });
    response.end(body);
  };

/** The first reply once, the second ever after. */
export const firstThen =
  (...replies: readonly Reply[]): Reply =>
  (response, request, count) =>
    (replies[count] ?? replies.at(-1))?.(response, request, count);

/** Part of a body, then the connection is cut; `headers` state what was promised. */
export const cutAfter =
  (part: string, headers: Record<string, string>): Reply =>
  (response) => {
    response.writeHead(200, headers);
    response.write(part, () => response.destroy());
  };

/** The connection is cut before a status. */
export const reset: Reply = (response) => void response.destroy();

/** A body with its ETag, or 304 to who has it. */
export const tagged =
  (body: string, etag: string): Reply =>
  (response, request, count) =>
    request.headers["if-none-match"] === etag
      ? void response.writeHead(304, { etag, "content-length": "999" }).end()
      : send(body, { headers: { etag } })(response, request, count);

/** `bytes` of zeros as fast as they are taken; `server.sentBytes` counts what went out. */
export const endless =
  (server: ReplayServer, bytes: number, headers: Record<string, string> = {}): Reply =>
  (response) => {
    const chunk = Buffer.alloc(64 * 1024, 0x20);
    response.writeHead(200, headers);
    const pump = (): void => {
      while (server.sentBytes < bytes && !response.destroyed) {
        server.sentBytes += chunk.length;
        if (!response.write(chunk)) return void response.once("drain", pump);
      }
      response.end();
    };
    pump();
  };

/** One byte every few milliseconds, without end. */
export const trickle: Reply = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 5);
  response.on("close", () => clearInterval(timer));
};
