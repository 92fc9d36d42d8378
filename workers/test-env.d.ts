// What `env` of cloudflare:workers is in the tests of any of the three workers; each project binds what its worker has.
declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    BLOBS: R2Bucket;
    RUN_QUEUE: Queue;
    RATE_LIMITER: RateLimit;
    MODEL_SOURCE: string;
    ANONYMOUS_READ: string;
    BIND_HOST: string;
    PLATFORM: string;
    RATE_LIMIT_PERIOD_S: string;
    /** The files of migrations/, for applyMigrations of cloudflare:test. */
    TEST_MIGRATIONS: { name: string; queries: string[] }[];
  }
  interface GlobalProps {
    mainModule: typeof import("./router/index.ts");
  }
}
