import { type AddressInfo, createServer } from "node:net";

export interface Canary {
  readonly port: number;
  /** Connections that were opened, and bytes that came in over them. */
  readonly heard: { connections: number; bytes: number };
  readonly close: () => Promise<void>;
}

/** Listens on this machine, in both families where it can, for somebody who should never come. */
export async function startCanary(): Promise<Canary> {
  const heard = { connections: 0, bytes: 0 };
  const server = createServer((socket) => {
    heard.connections += 1;
    socket.on("data", (bytes) => {
      heard.bytes += bytes.length;
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    });
    socket.on("error", () => undefined);
  });
  await new Promise<void>((go, fail) => {
    server.once("error", () => server.listen(0, "0.0.0.0", go).once("error", fail));
    server.listen(0, "::", go);
  });
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return { port, heard, close: () => new Promise((go) => server.close(() => go())) };
}
