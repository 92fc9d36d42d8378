import type { DriftIssue } from "./drift-issue.ts";

/** An agent's file, by its path from the folder that is checked, and its text. */
export interface AgentText {
  readonly path: string;
  readonly text: string;
}

/** A link or image of Markdown: what stands between the brackets, up to a title. */
const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+["'][^)]*)?\)/g;
/** "https:", "mailto:" and the like, or a place within the same file. */
const IS_ELSEWHERE = /^([a-z][a-z0-9+.-]*:|#|\/\/)/i;

/** Files that an agent's text links to, each once, as paths from the checked folder; code blocks are left out. */
export function listResources({ path, text }: AgentText): readonly string[] {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "");
  const targets = [...prose.matchAll(LINK)].map(([, target = ""]) => target.replace(/[#?].*$/, ""));
  return [
    ...new Set(
      targets.filter((target) => target !== "" && !IS_ELSEWHERE.test(target)).map((target) => join(path, target)),
    ),
  ];
}

/** Files that agents name and that are not there. `exists` is asked of each path once. */
export function checkResources(agents: readonly AgentText[], exists: (path: string) => boolean): readonly DriftIssue[] {
  return agents.flatMap((agent) =>
    listResources(agent)
      .filter((resource) => !exists(resource))
      .map((resource) => ({ subject: `${agent.path} -> ${resource}`, code: "resource_missing" })),
  );
}

/** A target seen from the folder of the file that names it; one from the root ("/docs/x.md") is of the checked folder. */
function join(from: string, target: string): string {
  const base = target.startsWith("/") ? [] : from.split("/").slice(0, -1);
  const parts: string[] = [];
  for (const part of [...base, ...target.split("/")]) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}
