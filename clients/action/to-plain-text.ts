/** Sequences by which a terminal is steered: CSI (colours, cursor), OSC (titles, links), and the two-character ones. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const ESCAPES = /\x1b(?:\[[0-?]{0,40}[ -/]{0,10}[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[@-Z\\-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, one by one; tab and line feed stay
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** Characters that turn or hide text for a reader while a machine still sees it; joiners stay, for scripts need them. */
const HIDDEN = /[\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** Text without terminal escapes, control characters and invisible marks; line ends become line feeds. */
export function toPlainText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(ESCAPES, "").replace(CONTROLS, "").replace(HIDDEN, "").toWellFormed();
}
