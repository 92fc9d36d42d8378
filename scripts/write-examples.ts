import { writeFileSync } from "node:fs";
import { startTestHost } from "../tests/end-to-end/start-test-host.ts";

/** Posts ten tasks to the real local host and writes what it answered, in full, to docs/examples.md. */
const REQUESTS: readonly Readonly<Record<string, unknown>>[] = [
  { task: "fix the typo in the login button label" },
  { task: "refactor JWT key rotation in prod" },
  { task: "write unit tests for the date parser, including leap years and time zones" },
  { task: "why did the p95 of the search endpoint double since Tuesday?", preset: "frugal" },
  { task: "document the webhook retry policy in the README" },
  {
    task: "users are randomly logged out after a deploy, no idea why; happens to about one in a hundred, cannot reproduce",
    context: { files: ["src/session/store.ts", "src/middleware/auth.ts"], stack: ["node", "redis"] },
  },
  { task: "make the dashboard look less cluttered on small screens", context: { needs: ["vision"] } },
  { task: "upgrade the web app from React 18 to 19", verifier: "external" },
  { task: "implement raft snapshotting and log compaction", preset: "quality" },
  { task: "add a CSV export button to the orders page", budget: "low", constraints: { driver: "opencode" } },
];

const host = await startTestHost();
const parts = [
  "# Ten tasks, answered",
  "",
  "Written by `node scripts/write-examples.ts`: what `npm start` answered to `POST /api/route`, in full. Ids and times differ on your machine.",
  "",
];
try {
  for (const request of REQUESTS) {
    const response = await fetch(`${host.url}/api/route`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    const answer: unknown = await response.json();
    parts.push(`## ${String(request.task)}`, "", "```json", JSON.stringify(request), "```", "");
    parts.push("```json", JSON.stringify(answer, null, 1), "```", "");
  }
} finally {
  await host.remove();
}
writeFileSync(new URL("../docs/examples.md", import.meta.url), parts.join("\n"));
console.log(`docs/examples.md: ${REQUESTS.length} tasks`);
