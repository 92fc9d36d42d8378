import * as z from "zod";
import { type Fault, toDetail } from "../../shared/base/fault.ts";
import type { Result } from "../../shared/base/result.ts";
import { SCOPES } from "../../shared/contract/door.ts";
import { makeKey } from "../../workers/platform/api-key.ts";
import { type ApiKeyRow, listKeys, revokeKey, saveKey } from "../../workers/platform/d1/api-keys-store.ts";
import { openDb } from "../../workers/platform/d1/open-db.ts";
import { UsageError } from "./usage-error.ts";

/** What `npm run key` asks for; it crosses a socket when a host is running, so it is checked again on arrival. */
export const keyCommandSchema = z.discriminatedUnion("op", [
  z.object({
    op: z.literal("create"),
    tenantId: z.string().min(1).max(100),
    name: z.string().min(1).max(100),
    scopes: z.array(z.enum(SCOPES)).min(1),
  }),
  z.object({ op: z.literal("list"), tenantId: z.string() }),
  z.object({ op: z.literal("revoke"), tenantId: z.string(), id: z.string() }),
]);
export type KeyCommand = z.infer<typeof keyCommandSchema>;

/** Answer to a command: `key` is the plain key and exists only in the answer to `create`. */
export interface KeyAnswer {
  readonly key?: string;
  readonly rows: readonly ApiKeyRow[];
}

/** Runs a command on the database; throws a UsageError for what the asker can put right. */
export async function answerKeyCommand(d1: D1Database, message: unknown): Promise<KeyAnswer> {
  const command = keyCommandSchema.parse(message);
  const db = openDb(d1);
  if (command.op === "list") return { rows: unwrap(await listKeys(db, command)) };
  if (command.op === "revoke") {
    unwrap(await revokeKey(db, { ...command, nowMs: Date.now() }));
    return { rows: [] };
  }
  const { key, row } = await makeKey({ ...command, nowMs: Date.now() });
  unwrap(await saveKey(db, row));
  return { key, rows: [row] };
}

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new UsageError(describeFault(result.fault));
}

function describeFault(fault: Fault): string {
  if (fault.kind === "not_found") return `Cannot find ${fault.what} "${fault.id}" of this tenant.`;
  return `Cannot do it: ${toDetail(fault)}.`;
}
