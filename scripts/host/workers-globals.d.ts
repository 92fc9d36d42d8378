// The scripts use the database code of workers/platform, and its seal, which name these types of the Workers runtime.
type D1Database = import("@cloudflare/workers-types").D1Database;
type CryptoKey = import("node:crypto").webcrypto.CryptoKey;
