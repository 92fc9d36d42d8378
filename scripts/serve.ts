import { readHostSettings } from "./host/settings.ts";
import { startHost } from "./host/start-host.ts";
import { stopOnSignal } from "./host/stop-on-signal.ts";
import { runMain } from "./host/usage-error.ts";

/** `npm run serve`: the local host for self-hosting: no development key, no anonymous access. */
await runMain(async () => {
  const settings = readHostSettings(process.env);
  const host = await startHost({ settings, anonymousRead: false });
  stopOnSignal(host);
  console.log(`Spawnpoint is ready at ${host.url}`);
  console.log("Make a key with: npm run key -- create --scope read,run,feedback");
});
