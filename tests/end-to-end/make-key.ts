import { DEFAULT_TENANT } from "../../scripts/host/development-key.ts";
import { findOwner, sendToOwner } from "../../scripts/host/host-lock.ts";
import type { KeyAnswer } from "../../scripts/host/key-commands.ts";
import type { Scope } from "../../shared/contract/door.ts";
import type { TestHost } from "./start-test-host.ts";

/** A key of a running host, as `npm run key` gets one, without a process for each. */
export async function makeKey(
  { stateDir }: TestHost,
  { scopes, tenantId = DEFAULT_TENANT }: { readonly scopes: readonly Scope[]; readonly tenantId?: string },
): Promise<string> {
  const owner = await findOwner(stateDir);
  if (owner === undefined) throw new Error("a started host owns its state");
  // The host answers this to this command.
  const made = (await sendToOwner(owner, { op: "create", tenantId, name: "test", scopes })) as KeyAnswer;
  if (made.key === undefined) throw new Error("a made key is answered with its row");
  return made.key;
}
