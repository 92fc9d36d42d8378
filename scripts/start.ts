import { ensureDevelopmentKey } from "./host/development-key.ts";
import { readHostSettings } from "./host/settings.ts";
import { startHost } from "./host/start-host.ts";
import { stopOnSignal } from "./host/stop-on-signal.ts";
import { runMain } from "./host/usage-error.ts";

const NO_KEY =
  "Not a loopback address: no development key, no anonymous access. Make a key with: npm run key -- create --scope read";

/**
 * `npm start`: the local host for trying it out. On loopback it lets requests without a key read, makes a development
 * key once and prints three requests to copy. On any other address it does neither and is the same as `npm run serve`.
 */
await runMain(async () => {
  const settings = readHostSettings(process.env);
  let key: string | undefined;
  console.log("Building and starting the three workers: up to a minute the first time, seconds after that.");
  const host = await startHost({
    settings,
    anonymousRead: true,
    prepare: async (db) => {
      if (settings.isLoopback) key = await ensureDevelopmentKey(db, settings.stateDir);
    },
  });
  stopOnSignal(host);
  console.log(`Spawnpoint is ready at ${host.url}`);
  console.log(key === undefined ? NO_KEY : toGuide(host.url, key));
});

function toGuide(url: string, key: string): string {
  const json = "-H 'content-type: application/json'";
  return `
Development key (all scopes but approve; kept in the state folder):
  ${key}

Classify a task:
  curl -s ${url}/api/classify ${json} -d '{"task":"Fix the typo in the login button label"}'

Decide who should do it:
  curl -s ${url}/api/route ${json} -H 'authorization: Bearer ${key}' \\
    -d '{"task":"Refactor JWT key rotation in prod","task_id":"demo-1"}'

Read the decisions of that key:
  curl -s '${url}/api/decisions?limit=5' -H 'authorization: Bearer ${key}'
`;
}
