// The scripts use the database code of workers/platform, which names this one type of the Workers runtime.
type D1Database = import("@cloudflare/workers-types").D1Database;
