import { connect } from "node:net";

/** Requests of one connection after another on kept sockets, written and read as bytes: the driver shares the cores. */
export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Path and query of the n-th request. */
  readonly path: (n: number) => string;
}

export interface LoadResult {
  readonly timesMs: readonly number[];
  readonly perSecond: number;
  /** How often each status came. */
  readonly statuses: ReadonlyMap<number, number>;
}

/** Bytes of the first whole response in `text`, and its status; null while it is not there yet. One byte a character. */
function findResponse(text: string): { readonly length: number; readonly status: number } | null {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const head = text.slice(0, end);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`cannot measure an answer without a length:\n${head}`);
  const total = end + 4 + Number(length);
  return text.length < total ? null : { length: total, status: Number(head.slice(9, 12)) };
}

/** Drives a server for some seconds with as many requests at a time as there are connections. */
export async function driveKeepAlive({ url, connections, seconds, headers, path }: Load): Promise<LoadResult> {
  const { hostname, port, host } = new URL(url);
  const rest = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const timesMs: number[] = [];
  const statuses = new Map<number, number>();
  const started = performance.now();
  let next = 0;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      let [text, sentAt] = ["", 0];
      const send = (): void => {
        sentAt = performance.now();
        socket.write(`GET ${path(next++)} HTTP/1.1\r\n${rest.join("")}\r\n`);
      };
      socket.setEncoding("latin1");
      socket.on("connect", send);
      socket.on("error", reject);
      socket.on("data", (chunk: string) => {
        text += chunk;
        const response = findResponse(text);
        if (response === null) return;
        const now = performance.now();
        timesMs.push(now - sentAt);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        text = text.slice(response.length);
        if (now - started < 1000 * seconds) return send();
        socket.end();
        resolve();
      });
    });
  await Promise.all(Array.from({ length: connections }, work));
  return { timesMs, perSecond: (1000 * timesMs.length) / (performance.now() - started), statuses };
}
