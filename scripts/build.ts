import { buildWorkers } from "./host/build-workers.ts";
import { runMain } from "./host/usage-error.ts";

/** `npm run build`: the three bundles in dist/, made again only when something they are made from has changed. */
await runMain(async () => {
  const { built } = await buildWorkers();
  console.log(
    built ? "Built dist/router, dist/enricher and dist/executor." : "Nothing has changed since the last build.",
  );
});
