import { noteRepositoryEvent } from "../platform/d1/attempt-events-store.ts";
import { readAttemptWork } from "../platform/d1/attempt-work-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { readVerifiers } from "../platform/d1/verifiers-store.ts";
import type { VerifierDeps } from "./verifier-deps.ts";

export const bindVerifiers = ({ db, nowMs }: { readonly db: Db; readonly nowMs: () => number }): VerifierDeps => ({
  readAttemptWork: (of) => readAttemptWork(db, of),
  noteAttemptEvent: (event) => noteRepositoryEvent(db, event),
  readVerifiers: (tenantId, repository) => readVerifiers(db, { tenantId, repository, nowMs: nowMs() }),
});
