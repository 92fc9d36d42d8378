import { createServer } from "node:net";
import type { HostSettings } from "./settings.ts";
import { UsageError } from "./usage-error.ts";

/** What the person at the terminal can do about an address that cannot be listened on. */
function toAdvice(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "EADDRINUSE":
      return "another program is listening there. Stop it, or set PORT to another port (PORT=0 takes a free one)";
    case "EACCES":
      return "this user may not. Set PORT to one from 1024 on";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return "no address of this machine. Set HOST to an address of this machine, such as 127.0.0.1 or 0.0.0.0";
    default:
      return `${error.message}. Set HOST and PORT to others`;
  }
}

/** The wanted port, or a free one for 0. Throws a UsageError that says what to do where nothing can listen there. */
export async function freePort({ host, port }: Pick<HostSettings, "host" | "port">): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new UsageError(`Cannot listen on ${host}:${port}: ${toAdvice(error)}.`));
    });
    server.listen(port, host, () => {
      const address = server.address();
      const found = address !== null && typeof address === "object" ? address.port : port;
      server.close(() => resolve(found));
    });
  });
}
