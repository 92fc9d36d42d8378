import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import { UsageError } from "./usage-error.ts";

/**
 * One process at a time owns a state folder: two simulators on one database make each other's writes fail with
 * SQLITE_BUSY. The owner answers on a loopback port with a secret that stands in `STATE_DIR/host.json` (mode 600); a
 * file whose owner does not answer is stale, whatever process has its number now.
 */
const ownerSchema = z.object({
  role: z.enum(["host", "command"]),
  pid: z.int(),
  port: z.int().min(1).max(65_535),
  token: z.string().min(1),
});
export type Owner = Readonly<z.output<typeof ownerSchema>>;

/** What stands in the file: its text, and the owner that it names; null where it names none (cut off, or not ours). */
interface OwnerFile {
  readonly text: string;
  readonly owner: Owner | null;
}

/** Answers a message that another process of the same user sends to the owner. */
export type ControlHandler = (message: unknown) => Promise<unknown>;

export interface HostLock {
  /** Until this is called, messages are refused: the owner is still starting. */
  onMessage(handler: ControlHandler): void;
  release(): void;
}

const ownerPath = (stateDir: string): string => join(stateDir, "host.json");
/** A command such as `key create` owns the folder for about a second. */
const COMMAND_WAIT_MS = 10_000;
const COMMAND_POLL_MS = 100;
/** An owner that starts on a slow machine does not answer for seconds; one that is gone is refused at once. */
const ALIVE_MS = 8_000;
const STALE_POLL_MS = 10;
const MAX_MESSAGE_BYTES = 65_536;

/** Takes the folder, after waiting for a command that has it, or throws a UsageError that names the process that has it. */
export async function acquireHostLock(
  stateDir: string,
  role: Owner["role"],
  waitMs = COMMAND_WAIT_MS,
): Promise<HostLock> {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot use STATE_DIR "${stateDir}": expected a folder that can be written (${reason}).`);
  }
  const control = await startControl(role);
  try {
    await waitForClaim(stateDir, control.owner, Date.now() + waitMs);
  } catch (error) {
    control.server.close();
    throw error;
  }
  const release = (): void => {
    control.server.close();
    control.server.closeAllConnections();
    if (readOwner(stateDir)?.owner?.token === control.owner.token) rmSync(ownerPath(stateDir), { force: true });
  };
  return { onMessage: control.onMessage, release };
}

/** Tries until the file is ours, discarding stale ones; throws a UsageError when a live owner keeps it. */
async function waitForClaim(stateDir: string, own: Owner, deadline: number): Promise<void> {
  while (!claim(stateDir, own)) {
    const file = readOwner(stateDir);
    const other = file?.owner ?? null;
    if (other !== null && (await isAlive(other))) {
      if (other.role === "host" || Date.now() > deadline) throw inUse(stateDir, other);
      await delay(COMMAND_POLL_MS);
    } else if (Date.now() > deadline) {
      throw new UsageError(
        `Cannot take the state in ${stateDir}: ${ownerPath(stateDir)} comes back however often it is removed.`,
      );
    } else {
      if (file !== null) discard(stateDir, file);
      // Others may be at the same stale file; whoever comes second looks again a little later.
      await delay(STALE_POLL_MS);
    }
  }
}

const inUse = (stateDir: string, { pid }: Owner): UsageError =>
  new UsageError(
    `Cannot use the state in ${stateDir}: process ${pid} is using it. Stop that one, or set STATE_DIR to another folder.`,
  );

/** The live owner of a state folder, if there is one. */
export async function findOwner(stateDir: string): Promise<Owner | undefined> {
  const owner = readOwner(stateDir)?.owner ?? null;
  return owner !== null && (await isAlive(owner)) ? owner : undefined;
}

/** Sends a message to the owner; throws a UsageError with the owner's words when it refuses. */
export async function sendToOwner(owner: Owner, message: unknown): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${owner.port}/`, {
    method: "POST",
    headers: { authorization: `Bearer ${owner.token}` },
    body: JSON.stringify(message),
  });
  const text = await response.text();
  if (!response.ok) throw new UsageError(text);
  return JSON.parse(text);
}

async function isAlive(owner: Owner): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${owner.port}/`, {
      headers: { authorization: `Bearer ${owner.token}` },
      signal: AbortSignal.timeout(ALIVE_MS),
    });
    return response.ok;
  } catch {
    return false;
  }
}

/** The owner file; null when there is none. Throws a UsageError when it is there but cannot be read. */
function readOwner(stateDir: string): OwnerFile | null {
  const path = ownerPath(stateDir);
  try {
    const text = readFileSync(path, "utf8");
    return { text, owner: parseOwner(text) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    if (code === "ENOENT") return null;
    throw new UsageError(
      `Cannot read ${path} (${code}): make it readable, remove it, or set STATE_DIR to another folder.`,
    );
  }
}

function parseOwner(text: string): Owner | null {
  try {
    return ownerSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Makes the owner file appear complete and only if none is there. */
function claim(stateDir: string, owner: Owner): boolean {
  const draft = `${ownerPath(stateDir)}.${owner.token.slice(0, 8)}`;
  writeFileSync(draft, JSON.stringify(owner), { mode: 0o600 });
  try {
    linkSync(draft, ownerPath(stateDir));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes a stale file, and puts it back if another process has replaced it in the meantime. */
function discard(stateDir: string, stale: OwnerFile): void {
  const aside = `${ownerPath(stateDir)}.${process.pid}.stale`;
  try {
    renameSync(ownerPath(stateDir), aside);
    if (readFileSync(aside, "utf8") !== stale.text) linkSync(aside, ownerPath(stateDir));
  } catch {
    // Somebody else was faster; the caller looks again.
  } finally {
    rmSync(aside, { force: true });
  }
}

interface Control {
  readonly server: Server;
  readonly owner: Owner;
  onMessage(handler: ControlHandler): void;
}

async function startControl(role: Owner["role"]): Promise<Control> {
  const token = randomBytes(24).toString("base64url");
  let answer: ControlHandler | undefined;
  const server = createServer(async (request, response) => {
    const reply = (status: number, text: string): void => void response.writeHead(status).end(text);
    if (request.headers.authorization !== `Bearer ${token}`) return reply(403, "no");
    if (request.method !== "POST") return reply(200, "{}");
    if (answer === undefined) return reply(503, "The host is still starting; try again in a moment.");
    try {
      reply(200, JSON.stringify(await answer(JSON.parse(await readBody(request)))));
    } catch (error) {
      reply(400, error instanceof Error ? error.message : String(error));
    }
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP address expected");
  return {
    server,
    owner: { role, pid: process.pid, port: address.port, token },
    onMessage: (handler) => {
      answer = handler;
    },
  };
}

async function readBody(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (body.length > MAX_MESSAGE_BYTES) throw new Error("the message is too long");
  return body.toString("utf8");
}
