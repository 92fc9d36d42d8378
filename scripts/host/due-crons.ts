import { cronMatches } from "./cron.ts";
import type { HostSettings } from "./settings.ts";
import type { WorkerConfig, WorkerConfigs } from "./worker-configs.ts";

export interface DueCron<W> {
  readonly worker: W;
  readonly cron: string;
}

/** What the clock starts at this minute, of the workers whose crons run by it at all. */
export const dueCrons = <W extends Pick<WorkerConfig, "crons">>(
  configs: Readonly<Record<keyof WorkerConfigs, W>>,
  { crons, minute }: Pick<HostSettings, "crons"> & { readonly minute: Date },
): readonly DueCron<W>[] =>
  crons.flatMap((name) => {
    const worker = configs[name];
    return worker.crons.filter((cron) => cronMatches(cron, minute)).map((cron) => ({ worker, cron }));
  });
