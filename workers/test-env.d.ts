// What `env` and `exports` of cloudflare:workers are in the tests; each project binds what its own worker has.
declare namespace Cloudflare {
  interface Env {
    readonly DB: D1Database;
    readonly BLOBS: R2Bucket;
    readonly RUN_QUEUE: Queue;
    readonly RATE_LIMITER: RateLimit;
    readonly MODEL_SOURCE: string;
    readonly ANONYMOUS_READ: string;
    readonly BIND_HOST: string;
    readonly PLATFORM: string;
    readonly RATE_LIMIT_PERIOD_S: string;
    /** The files of migrations/, for applyD1Migrations of cloudflare:test. */
    readonly TEST_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
  interface GlobalProps {
    mainModule: typeof import("./router/index.ts") & Pick<typeof import("./enricher/index.ts"), "EnricherRpc">;
  }
}
