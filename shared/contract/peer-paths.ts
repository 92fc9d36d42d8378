/** Paths that smart-spawn's clients also ask for without the /api before them; one that is no door here is no path either. */
const PEER_PATHS: readonly string[] = [
  "/api/pick",
  "/api/recommend",
  "/api/compare",
  "/api/models",
  "/api/status",
  "/api/refresh",
  "/api/decompose",
  "/api/swarm",
  "/api/spawn-log",
  "/api/spawn-log/outcome",
  "/api/spawn-log/scores",
  "/api/spawn-log/stats",
  "/api/community/report",
  "/api/community/scores",
  "/api/roles/blocks",
  "/api/roles/compose",
];

/** Every path that a door answers under, its own first. */
export const toMounts = (path: string): readonly string[] =>
  PEER_PATHS.includes(path) ? [path, path.slice("/api".length)] : [path];
