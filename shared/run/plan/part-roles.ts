import { type RoleBlockIds, toRoleText } from "../../prompt/compose-role.ts";
import type { CastPart } from "./decompose.ts";

/**
 * Role texts of parts, by part: each is done as its own persona, and what else the request asks for holds for all. Empty
 * where the request names a persona: then its one text holds for every part.
 */
export function toPartRoles(
  parts: readonly Pick<CastPart, "id" | "persona">[],
  asked: RoleBlockIds,
): Readonly<Record<string, string>> {
  if ((asked.persona ?? "") !== "") return {};
  return Object.fromEntries(parts.map(({ id, persona }) => [id, toRoleText({ ...asked, persona }).text]));
}
