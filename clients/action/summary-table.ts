import { toPlainText } from "./to-plain-text.ts";

/** Whatever Markdown or HTML would read as more than a letter; an address stays text, so that nobody is led away by a click. */
const toMarkdown = (text: string): string =>
  toPlainText(text)
    .replace(/[\r\n\u2028\u2029]+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_[\]|~#!@]/g, (sign) => `\\${sign}`)
    .replace(/:\/\//g, "&#58;//")
    .replace(/\bwww\./gi, "www&#46;");

/** A heading, a table of two columns, and a paragraph below it. Every text is shown as it is, none is read as markup. */
export function toSummary(
  title: string,
  rows: readonly (readonly [name: string, value: string])[],
  reason: string,
): string {
  const table = [
    "| | |",
    "|---|---|",
    ...rows.map(([name, value]) => `| **${toMarkdown(name)}** | ${toMarkdown(value)} |`),
    "",
  ];
  return [`### ${toMarkdown(title)}`, "", ...(rows.length === 0 ? [] : table), toMarkdown(reason), ""].join("\n");
}

/** USD as people read it: two digits that count, at least cents. */
export function showUsd(usd: number): string {
  if (usd === 0) return "$0";
  const size = Math.abs(usd);
  const digits = size >= 1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(size)));
  return `${usd < 0 ? "-" : ""}$${size.toFixed(digits)}`;
}

export const showPercent = (share: number): string => `${Math.round(share * 100)} %`;
