import type { VERIFIER_DOORS } from "../../shared/contract/verifier-doors.ts";
import type { Handler } from "./handler.ts";
import { listVerifiers, noteAttemptEvent } from "./handlers/verifiers.ts";

export const VERIFIER_HANDLERS: Readonly<Record<keyof typeof VERIFIER_DOORS, Handler>> = {
  noteAttemptEvent,
  listVerifiers,
};
