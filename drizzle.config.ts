import { defineConfig } from "drizzle-kit";

/** `drizzle-kit generate` appends to migrations/; a file that was ever applied is never edited. */
export default defineConfig({
  dialect: "sqlite",
  driver: "d1-http",
  schema: "./workers/platform/d1/*-tables.ts",
  out: "./migrations",
});
