/**
 * A text of at most `most` UTF-16 units: head and tail of a longer one, with a line between them that says how much is
 * gone. `headShare` of what is kept is head. No half of a surrogate pair is left.
 */
export function cutMiddle(
  text: string,
  { most, headShare }: { readonly most: number; readonly headShare: number },
): string {
  if (text.length <= most) return text;
  // The line between them is under 60 characters for any length that a string can have.
  const kept = most - 60;
  const head = Math.floor(kept * headShare);
  const tail = kept - head;
  const gone = text.length - kept;
  return `${text.slice(0, head)}\n[… ${gone} characters left out …]\n${text.slice(text.length - tail)}`.toWellFormed();
}
