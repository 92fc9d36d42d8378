import type { D1Migration } from "cloudflare:test";
import type { EnricherEnv } from "./enricher/env.ts";
import type { ExecutorEnv } from "./executor/env.ts";
import type { Env as RouterEnv } from "./router/env.ts";

// What `env` and `exports` of cloudflare:workers are in the tests; each project binds what its own worker has.
declare global {
  namespace Cloudflare {
    interface Env extends RouterEnv, EnricherEnv, ExecutorEnv {
      /** The files of migrations/, for applyD1Migrations of cloudflare:test. */
      readonly TEST_MIGRATIONS: D1Migration[];
    }
    interface GlobalProps {
      mainModule: typeof import("./router/index.ts");
    }
  }
}
